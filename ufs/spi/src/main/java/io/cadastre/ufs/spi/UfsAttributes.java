package io.cadastre.ufs.spi;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Attributes to set; those that are empty are left as they are, or as the store makes them.
 *
 * @param mode permission bits, 0 to 07777
 * @param mtimeMillis UTC milliseconds
 */
public record UfsAttributes(
    Optional<String> owner, Optional<String> group, OptionalInt mode, OptionalLong mtimeMillis) {

  /** Sets nothing. */
  public static final UfsAttributes NONE =
      new UfsAttributes(
          Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty());

  public UfsAttributes {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(group, "group");
    if (mode.isPresent() && (mode.getAsInt() < 0 || mode.getAsInt() > 07777)) {
      throw new IllegalArgumentException("mode " + mode.getAsInt());
    }
    Objects.requireNonNull(mtimeMillis, "mtimeMillis");
  }

  public UfsAttributes withOwner(String name) {
    return new UfsAttributes(Optional.of(name), group, mode, mtimeMillis);
  }

  public UfsAttributes withGroup(String name) {
    return new UfsAttributes(owner, Optional.of(name), mode, mtimeMillis);
  }

  public UfsAttributes withMode(int bits) {
    return new UfsAttributes(owner, group, OptionalInt.of(bits), mtimeMillis);
  }

  public UfsAttributes withMtimeMillis(long millis) {
    return new UfsAttributes(owner, group, mode, OptionalLong.of(millis));
  }

  public boolean isEmpty() {
    return owner.isEmpty() && group.isEmpty() && mode.isEmpty() && mtimeMillis.isEmpty();
  }
}

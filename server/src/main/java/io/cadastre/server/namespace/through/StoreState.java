package io.cadastre.server.namespace.through;

import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsStatus;

/**
 * What an intent says a store has at a path: `absent`, `directory` (any), `file` (any that is no
 * directory), `directory D` or `file F` with a fingerprint, or `attributes owner=O group=G mode=M
 * mtime=T` with those that are set. Stateless.
 */
final class StoreState {
  static final String ABSENT = "absent";
  static final String DIRECTORY = "directory";
  static final String FILE = "file";

  private static final String ATTRIBUTES = "attributes";

  private StoreState() {}

  static String of(boolean directory, String fingerprint) {
    String kind = directory ? DIRECTORY : FILE;
    return fingerprint.isEmpty() ? kind : kind + " " + fingerprint;
  }

  /** Whether the entry can be the one meant; an empty fingerprint says nothing. */
  static boolean matches(String state, UfsStatus status) {
    String kind = status.isDirectory() ? DIRECTORY : FILE;
    return state.equals(kind) || state.equals(kind + " " + status.fingerprint());
  }

  /** The fingerprint that a request may insist on; null if there is none. */
  static String fingerprint(String state) {
    int blank = state.indexOf(' ');
    return blank < 0 ? null : state.substring(blank + 1);
  }

  /** Owners and groups have no blanks. */
  static String of(UfsAttributes attributes) {
    StringBuilder text = new StringBuilder(ATTRIBUTES);
    attributes.owner().ifPresent(owner -> text.append(" owner=").append(owner));
    attributes.group().ifPresent(group -> text.append(" group=").append(group));
    attributes.mode().ifPresent(mode -> text.append(" mode=").append(mode));
    attributes.mtimeMillis().ifPresent(millis -> text.append(" mtime=").append(millis));
    return text.toString();
  }

  static UfsAttributes attributes(String state) {
    UfsAttributes attributes = UfsAttributes.NONE;
    for (String part : state.split(" ", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String value = part.substring(equals + 1);
      attributes =
          switch (part.substring(0, equals)) {
            case "owner" -> attributes.withOwner(value);
            case "group" -> attributes.withGroup(value);
            case "mode" -> attributes.withMode(Integer.parseInt(value));
            case "mtime" -> attributes.withMtimeMillis(Long.parseLong(value));
            default -> throw new IllegalArgumentException("unknown attribute in " + state);
          };
    }
    return attributes;
  }

  /** Whether the entry has all of these attributes. */
  static boolean has(UfsStatus status, UfsAttributes wanted) {
    return wanted.owner().map(status.owner()::equals).orElse(true)
        && wanted.group().map(status.group()::equals).orElse(true)
        && (wanted.mode().isEmpty() || wanted.mode().getAsInt() == status.mode())
        && (wanted.mtimeMillis().isEmpty()
            || wanted.mtimeMillis().getAsLong() == status.mtimeMillis());
  }
}

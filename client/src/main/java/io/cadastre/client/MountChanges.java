package io.cadastre.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a mount to change; what is not named stays.
 *
 * @param writable whether operations may change the store; empty: as it is
 * @param set options to set or replace, value by name
 * @param remove names of options to remove
 */
public record MountChanges(
    Optional<Boolean> writable, Map<String, String> set, List<String> remove) {
  public static final MountChanges NONE = new MountChanges(Optional.empty(), Map.of(), List.of());

  public MountChanges {
    set = Map.copyOf(set);
    remove = List.copyOf(remove);
  }

  public MountChanges withWritable(boolean newWritable) {
    return new MountChanges(Optional.of(newWritable), set, remove);
  }

  public MountChanges withSet(Map<String, String> newSet) {
    return new MountChanges(writable, newSet, remove);
  }

  public MountChanges withRemove(List<String> newRemove) {
    return new MountChanges(writable, set, newRemove);
  }
}

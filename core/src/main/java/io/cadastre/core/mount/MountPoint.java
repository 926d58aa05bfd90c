package io.cadastre.core.mount;

import io.cadastre.core.path.NamespacePath;
import java.util.List;
import java.util.Optional;

/**
 * A store that hangs at a path of the namespace.
 *
 * @param mountId never used again after an unmount
 * @param path where it hangs
 * @param storeUri root of what is mounted, as its store's module normalises it
 * @param writable whether changes through the cluster are written to the store
 * @param shared whether it may intersect with the store paths of other mounts
 * @param options in the order they were given
 * @param rootIdentity what told the store's root from others when it was mounted
 * @param mountedMillis cluster time of the mount, UTC milliseconds
 * @param guardReason why deletes are held back; empty when they are not
 * @param guardMillis since when, in cluster time; 0 when they are not
 */
public record MountPoint(
    long mountId,
    NamespacePath path,
    String storeUri,
    boolean writable,
    boolean shared,
    List<MountOption> options,
    String rootIdentity,
    long mountedMillis,
    String guardReason,
    long guardMillis) {
  public MountPoint {
    options = List.copyOf(options);
  }

  /** Whether the mass-delete guard holds deletes back. */
  public boolean guarded() {
    return !guardReason.isEmpty();
  }

  /** The value of an option; the last one, if it was given twice. */
  public Optional<String> option(String name) {
    return options.stream()
        .filter(option -> option.name().equals(name))
        .map(MountOption::value)
        .reduce((first, second) -> second);
  }
}

package io.cadastre.client;

import java.util.Map;

/**
 * How a store is mounted.
 *
 * @param writable whether operations may change the store
 * @param properties the store's options, value by name; a secret only as `env:NAME` or `file:PATH`
 * @param shared allow a store path that intersects with another mount's
 */
public record MountOptions(boolean writable, Map<String, String> properties, boolean shared) {
  public static final MountOptions DEFAULT = new MountOptions(false, Map.of(), false);

  public MountOptions {
    properties = Map.copyOf(properties);
  }

  public MountOptions withWritable(boolean newWritable) {
    return new MountOptions(newWritable, properties, shared);
  }

  public MountOptions withProperties(Map<String, String> newProperties) {
    return new MountOptions(writable, newProperties, shared);
  }

  public MountOptions withShared(boolean newShared) {
    return new MountOptions(writable, properties, newShared);
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.MountOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line of the mount table, as `mount` prints it, and as JSON. */
final class MountText {
  private MountText() {}

  /** `file:///srv/data on /data (local, read-only, key=value)`, then what is wrong, if anything. */
  static String line(MountEntry mount) {
    StringBuilder line = new StringBuilder(mount.getStoreUri());
    line.append(" on ").append(mount.getPath());
    line.append(" (").append(mount.getStoreType());
    line.append(mount.getWritable() ? ", writable" : ", read-only");
    if (mount.getShared()) {
      line.append(", shared");
    }
    for (MountOption option : mount.getOptionsList()) {
      line.append(", ").append(option.getName()).append('=').append(option.getValue());
    }
    line.append(')');
    if (!mount.getCondition().isEmpty()) {
      line.append(" ").append(mount.getCondition());
    }
    return ListingFormat.printable(line.toString());
  }

  static Json json(MountEntry mount) {
    Map<String, String> options = new LinkedHashMap<>();
    for (MountOption option : mount.getOptionsList()) {
      options.put(option.getName(), option.getValue());
    }
    return Json.object()
        .put("path", mount.getPath())
        .put("storeUri", mount.getStoreUri())
        .put("storeType", mount.getStoreType())
        .put("writable", mount.getWritable())
        .put("shared", mount.getShared())
        .put("options", options)
        .put("mountId", mount.getMountId())
        .putIfPresent("rootIdentity", mount.getRootIdentity())
        .putIfPresent("condition", mount.getCondition());
  }
}

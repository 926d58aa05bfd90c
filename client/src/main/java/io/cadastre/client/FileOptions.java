package io.cadastre.client;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How a file is made.
 *
 * @param parents make missing ancestors
 * @param mode POSIX permission bits, 0 to 07777; empty: the master's default
 * @param xattrs extended attributes, value by name
 * @param complete complete it at once, with size 0; outside mounts only
 */
public record FileOptions(
    boolean parents, OptionalInt mode, Map<String, ByteString> xattrs, boolean complete) {
  public static final FileOptions DEFAULT =
      new FileOptions(false, OptionalInt.empty(), Map.of(), false);

  public FileOptions {
    xattrs = Map.copyOf(xattrs);
  }

  public FileOptions withParents(boolean newParents) {
    return new FileOptions(newParents, mode, xattrs, complete);
  }

  public FileOptions withMode(int newMode) {
    return new FileOptions(parents, OptionalInt.of(newMode), xattrs, complete);
  }

  public FileOptions withXattrs(Map<String, ByteString> newXattrs) {
    return new FileOptions(parents, mode, newXattrs, complete);
  }

  public FileOptions withComplete(boolean newComplete) {
    return new FileOptions(parents, mode, xattrs, newComplete);
  }
}

package io.cadastre.client;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How a directory is made.
 *
 * @param parents make missing ancestors; an existing directory is fine
 * @param mode POSIX permission bits, 0 to 07777; empty: the master's default
 * @param xattrs extended attributes, value by name
 */
public record DirectoryOptions(boolean parents, OptionalInt mode, Map<String, ByteString> xattrs) {
  public static final DirectoryOptions DEFAULT =
      new DirectoryOptions(false, OptionalInt.empty(), Map.of());

  public DirectoryOptions {
    xattrs = Map.copyOf(xattrs);
  }

  public DirectoryOptions withParents(boolean newParents) {
    return new DirectoryOptions(newParents, mode, xattrs);
  }

  public DirectoryOptions withMode(int newMode) {
    return new DirectoryOptions(parents, OptionalInt.of(newMode), xattrs);
  }

  public DirectoryOptions withXattrs(Map<String, ByteString> newXattrs) {
    return new DirectoryOptions(parents, mode, newXattrs);
  }
}

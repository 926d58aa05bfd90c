package io.cadastre.ufs.hdfs;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** Makes a status of what the name node says. Stateless. */
final class StatusReader {
  private static final int MODE_BITS = 07777;

  private StatusReader() {}

  static UfsStatus status(String name, HdfsFileStatus file) {
    UfsStatus.Kind kind =
        file.isDirectory()
            ? UfsStatus.Kind.DIRECTORY
            : file.isSymlink() ? UfsStatus.Kind.SYMLINK : UfsStatus.Kind.FILE;
    return new UfsStatus(
        name,
        kind,
        file.isDirectory() ? 0 : file.getLen(),
        Math.max(0, file.getModificationTime()),
        file.getOwner(),
        file.getGroup(),
        file.getPermission().toShort() & MODE_BITS,
        fingerprint(file),
        file.isSymlink() ? new String(file.getSymlinkInBytes(), StandardCharsets.UTF_8) : "");
  }

  /**
   * The id of an inode is never given to another, so it names a directory. A file's changes show in
   * its length, time and rights; one that is being written, in its length only when a block ends.
   */
  static String fingerprint(HdfsFileStatus file) {
    if (file.isDirectory()) {
      return "d:" + file.getFileId();
    }
    return file.getFileId()
        + ":"
        + file.getLen()
        + ":"
        + file.getModificationTime()
        + ":"
        + Integer.toOctalString(file.getPermission().toShort() & MODE_BITS)
        + ":"
        + Integer.toHexString((file.getOwner() + "\0" + file.getGroup()).hashCode());
  }

  /** The name of a child if the namespace can have it. */
  static Optional<String> nameOf(byte[] name) {
    String text = new String(name, StandardCharsets.UTF_8);
    boolean exact = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), name);
    return exact && NamespacePath.isValidComponent(text) ? Optional.of(text) : Optional.empty();
  }
}

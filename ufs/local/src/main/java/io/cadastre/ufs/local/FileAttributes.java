package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What one `lstat` says.
 *
 * @param mode type and permission bits
 * @param mtimeNanos since 1970; times after the year 2262 are cut to it
 * @param ctimeNanos as mtimeNanos
 */
record FileAttributes(
    int mode,
    int uid,
    int gid,
    long size,
    long mtimeNanos,
    long ctimeNanos,
    long inode,
    long device) {
  private static final String WANTED = "unix:mode,uid,gid,size,lastModifiedTime,ctime,ino,dev";
  private static final LinkOption[] NO_FOLLOW = {LinkOption.NOFOLLOW_LINKS};
  private static final LinkOption[] FOLLOW = {};
  private static final int TYPE_MASK = 0170000;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Type bits in a mode. */
  private static final int DIRECTORY = 0040000;

  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;

  /** Reads a path, not following it if it is a symbolic link. */
  static FileAttributes of(Path path) throws IOException {
    return read(path, NO_FOLLOW);
  }

  /** Reads what a path leads to; for the root, which may be a symbolic link. */
  static FileAttributes ofTarget(Path path) throws IOException {
    return read(path, FOLLOW);
  }

  private static FileAttributes read(Path path, LinkOption[] options) throws IOException {
    Map<String, Object> read = Files.readAttributes(path, WANTED, options);
    return new FileAttributes(
        (Integer) read.get("mode"),
        (Integer) read.get("uid"),
        (Integer) read.get("gid"),
        (Long) read.get("size"),
        ((FileTime) read.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
        ((FileTime) read.get("ctime")).to(TimeUnit.NANOSECONDS),
        (Long) read.get("ino"),
        (Long) read.get("dev"));
  }

  boolean isDirectory() {
    return (mode & TYPE_MASK) == DIRECTORY;
  }

  boolean isSymlink() {
    return (mode & TYPE_MASK) == SYMLINK;
  }

  boolean isRegular() {
    return (mode & TYPE_MASK) == REGULAR;
  }

  /** A fifo, socket or device: not mirrored. */
  boolean isSpecial() {
    return !isDirectory() && !isSymlink() && !isRegular();
  }

  boolean sameFile(FileAttributes other) {
    return inode == other.inode && device == other.device;
  }

  UfsStatus.Kind kind() {
    return isDirectory()
        ? UfsStatus.Kind.DIRECTORY
        : isSymlink() ? UfsStatus.Kind.SYMLINK : UfsStatus.Kind.FILE;
  }

  UfsStatus toStatus(String name, String owner, String group, String linkTarget) {
    return new UfsStatus(
        name,
        kind(),
        isDirectory() ? 0 : size,
        Math.floorDiv(mtimeNanos, 1_000_000L),
        owner,
        group,
        mode & 07777,
        fingerprint(),
        linkTarget);
  }

  /**
   * For files and links `size-mtime-ctime-inode` in hex. The change time catches what sets its
   * modification time back; the device number is left out because network file systems get another
   * one at each mount. For directories the inode alone, since their times follow their children.
   *
   * <p>The kernel's clock for these times ticks every 1 to 10 ms: a file that is rewritten with the
   * same size twice within one tick has one fingerprint for both contents.
   */
  String fingerprint() {
    StringBuilder text = new StringBuilder(56);
    if (isDirectory()) {
      return hex(text.append('d'), inode).toString();
    }
    hex(text, size).append('-');
    hex(text, mtimeNanos).append('-');
    hex(text, ctimeNanos).append('-');
    return hex(text, inode).toString();
  }

  private static StringBuilder hex(StringBuilder text, long value) {
    int shift = value == 0 ? 0 : (63 - Long.numberOfLeadingZeros(value)) & ~3;
    for (; shift >= 0; shift -= 4) {
      text.append(HEX[(int) (value >>> shift) & 15]);
    }
    return text;
  }
}

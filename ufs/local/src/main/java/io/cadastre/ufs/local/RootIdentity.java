package io.cadastre.ufs.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Names the directory at a path: `type:source:inode`, for example `ext4:uuid=0f3c...:2` or
 * `nfs4:filer:/export/data:64`.
 *
 * <p>The identity must be the same on every master and after a reboot, and device numbers are
 * neither: a network file system gets the next free one at each mount. So the source is the UUID of
 * the block device where the host knows it, the server and export of a network file system, and
 * else the name that the mount table has. Only for file systems in memory, whose content ends with
 * the mount, the device number is part of it.
 *
 * <p>What this cannot tell apart: a root that was removed and made again and got its old inode
 * number, and two sub-volumes of one btrfs.
 */
final class RootIdentity {
  private static final Path BY_UUID = Path.of("/dev/disk/by-uuid");
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
  private static final long CACHE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int LONGEST_SOURCE = 400;

  private final Path root;
  private volatile Cached cached;

  /** The source stays the same while device and inode do; asking for it reads the mount table. */
  private record Cached(long device, long inode, String identity, long sinceNanos) {
    boolean covers(FileAttributes now) {
      return now.device() == device
          && now.inode() == inode
          && System.nanoTime() - sinceNanos < CACHE_NANOS;
    }
  }

  RootIdentity(Path root) {
    this.root = root;
  }

  /** The identity now, given the root's attributes as just read. */
  String of(FileAttributes now) throws IOException {
    Cached known = cached;
    if (known != null && known.covers(now)) {
      return known.identity;
    }
    long since = System.nanoTime();
    FileStore store = Files.getFileStore(root);
    StringBuilder identity =
        new StringBuilder(store.type()).append(':').append(source(store)).append(':');
    if (IN_MEMORY.contains(store.type())) {
      identity.append(Long.toHexString(now.device())).append('.');
    }
    identity.append(now.inode());
    if (!FileAttributes.ofTarget(root).sameFile(now)) {
      throw new IOException("the root changed while it was looked at");
    }
    cached = new Cached(now.device(), now.inode(), identity.toString(), since);
    return identity.toString();
  }

  private static String source(FileStore store) throws IOException {
    String name = store.name();
    if (name.startsWith("/dev/")) {
      String uuid = uuidOf(Path.of(name));
      return uuid.isEmpty() ? name : "uuid=" + uuid;
    }
    return name.length() > LONGEST_SOURCE ? name.substring(0, LONGEST_SOURCE) : name;
  }

  private static String uuidOf(Path device) throws IOException {
    if (!Files.isDirectory(BY_UUID) || !Files.exists(device)) {
      return "";
    }
    Path real = device.toRealPath();
    try (DirectoryStream<Path> links = Files.newDirectoryStream(BY_UUID)) {
      for (Path link : links) {
        if (Files.exists(link) && link.toRealPath().equals(real)) {
          return link.getFileName().toString();
        }
      }
    }
    return "";
  }
}

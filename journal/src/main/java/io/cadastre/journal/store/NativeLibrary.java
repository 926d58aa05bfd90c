package io.cadastre.journal.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB's native library, unpacked once. Left to itself RocksDB unpacks its 17 MB out of the jar
 * at each start, into a temporary file that stays behind when the process is killed.
 */
public final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
  private static final String IN_THE_JAR = Environment.getJniLibraryFileName("rocksdb");

  /** RocksDB looks for another name in a directory than in its jar ("jni" twice). */
  private static final String IN_A_DIRECTORY = Environment.getJniLibraryFileName("rocksdbjni");

  private NativeLibrary() {}

  /**
   * Loads the library out of this directory, and unpacks it there first unless the very file of the
   * jar, by size and CRC-32, is there. When that cannot be done (no room, a file system mounted
   * without the right to execute), it is left to RocksDB, which says why if it cannot either. Does
   * nothing if this process has loaded it before.
   *
   * @param directory for this process alone, or for those of one user; made if it is not there
   */
  public static void load(Path directory) {
    try {
      Path library = directory.resolve(IN_A_DIRECTORY);
      JarEntry packed = packed();
      if (packed != null && (isUnpacked(library, packed) || unpack(library))) {
        RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      LOG.debug("RocksDB's library is not loaded out of {}", directory, e);
    }
    RocksDB.loadLibrary();
  }

  private static URL resource() {
    return RocksDB.class.getResource("/" + IN_THE_JAR);
  }

  private static JarEntry packed() throws IOException {
    URL resource = resource();
    if (resource == null) {
      return null;
    }
    URLConnection connection = resource.openConnection();
    return connection instanceof JarURLConnection jar ? jar.getJarEntry() : null;
  }

  static boolean isUnpacked(Path library, JarEntry packed) throws IOException {
    if (!Files.isRegularFile(library) || Files.size(library) != packed.getSize()) {
      return false;
    }
    CheckedInputStream content = new CheckedInputStream(Files.newInputStream(library), new CRC32());
    try (content) {
      byte[] buffer = new byte[1 << 16];
      while (content.read(buffer) >= 0) {
        // Only its sum is of interest.
      }
    }
    return content.getChecksum().getValue() == packed.getCrc();
  }

  private static boolean unpack(Path library) throws IOException {
    Files.createDirectories(library.getParent());
    Path partial = library.resolveSibling(library.getFileName() + ".partial");
    try (InputStream packed = resource().openStream()) {
      Files.copy(packed, partial, StandardCopyOption.REPLACE_EXISTING);
    }
    // Another process may have the old file in use: it is replaced, never written.
    Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }
}

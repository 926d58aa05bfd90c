package io.cadastre.server.namespace.through;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * A master with a writable store in memory at `/data`, and what tests of it ask again and again.
 */
final class WritableMount implements AutoCloseable {
  /** What the namespace knows, without asking the store. */
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);

  private final String name = "through-" + UUID.randomUUID();
  final MemoryStore store = MemoryStore.named(name);
  final TestMaster master;
  final MetadataClient client;

  WritableMount(Path directory, String storeDeadline) {
    master =
        TestMaster.in(directory)
            .with("cadastre.master.ufs.deadline", storeDeadline)
            .with("cadastre.master.store.threads", "64")
            .with("cadastre.user.file.metadata.load.type", "NEVER")
            .start();
    client = master.client();
    client.mount("/data", store.uri(), MountOptions.DEFAULT.withWritable(true));
  }

  /** Makes a file here and in the store. */
  FileStatus file(String path, long size) {
    client.createFile(path, FileOptions.DEFAULT.withParents(true));
    store.write(storePath(path), size);
    client.completeFile(path, CompleteOptions.DEFAULT);
    return status(path);
  }

  FileStatus directory(String path) {
    client.createDirectory(path, DirectoryOptions.DEFAULT.withParents(true));
    return status(path);
  }

  FileStatus status(String path) {
    return client.getStatus(path, KNOWN).value();
  }

  boolean exists(String path) {
    return client.exists(path, KNOWN).value();
  }

  static String storePath(String path) {
    return path.substring("/data/".length());
  }

  /** The code of the error that a call ends with. */
  static ErrorCode code(ThrowingCallable call) {
    return catchThrowableOfType(MetadataException.class, call).code();
  }

  /** Checks that namespace and store have the same entries with the same attributes. */
  void assertAgree() {
    assertThat(knownEntries()).isEqualTo(storeEntries());
  }

  private Map<String, String> knownEntries() {
    Map<String, String> known = new TreeMap<>();
    try (ListStream pages =
        client.list("/data", ListOptions.DEFAULT.withRecursive(true).withRead(KNOWN))) {
      while (pages.hasNext()) {
        for (FileStatus entry : pages.next().entries()) {
          if (!entry.getIncomplete()) {
            known.put(
                storePath(entry.getPath()),
                text(
                    entry.getKind() == InodeKind.DIRECTORY,
                    entry.getFingerprint(),
                    entry.getSize(),
                    entry.getOwner(),
                    entry.getMode()));
          }
        }
      }
    }
    return known;
  }

  private Map<String, String> storeEntries() {
    Map<String, String> found = new TreeMap<>();
    try (UnderFileSystem ufs = new UnderFileSystems().open(store.uri(), Map.of())) {
      walk(ufs, "", found);
    }
    return found;
  }

  private static void walk(UnderFileSystem ufs, String directory, Map<String, String> found) {
    try (UfsListing listing = ufs.list(directory, null, StoreDeadline.afterMillis(5_000))) {
      UfsListing.Page page;
      do {
        page = listing.next(StoreDeadline.afterMillis(5_000));
        for (UfsStatus entry : page.entries()) {
          String path = UfsPath.child(directory, entry.name());
          found.put(
              path,
              text(
                  entry.isDirectory(),
                  entry.fingerprint(),
                  entry.size(),
                  entry.owner(),
                  entry.mode()));
          if (entry.isDirectory()) {
            walk(ufs, path, found);
          }
        }
      } while (!page.last());
    }
  }

  private static String text(
      boolean directory, String fingerprint, long size, String owner, int mode) {
    return (directory ? "d " : "f ")
        + fingerprint
        + " "
        + size
        + " "
        + owner
        + " "
        + Integer.toOctalString(mode);
  }

  @Override
  public void close() {
    store.faults().clear();
    master.close();
    MemoryStore.forget(name);
  }
}

package io.cadastre.bench;

import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.Workspace;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * The operations of a load on a writable mount of a local directory, where each change goes to the
 * store and to the namespace. A file is begun, its (empty) file is made in the store by the load
 * itself, and it is completed. For one thread.
 */
final class MountedSuite {
  private static final String MOUNT = "/mounted";
  private static final String PREFIX = "mounted: ";
  private static final int SPREAD = 100;
  private static final LoadOptions WHOLE = LoadOptions.DEFAULT.withRecursive(true);

  private final BenchSession session;
  private final Path store;
  private final Duration time;
  private final Set<String> only;
  private int workspaces;

  /**
   * @param store an empty directory; mounted here
   * @param time of each load
   * @param only names of operations, with their prefix; empty: all
   */
  MountedSuite(BenchSession session, Path store, Duration time, Set<String> only) {
    this.session = session;
    this.store = store;
    this.time = time;
    this.only = only;
    session
        .client()
        .mount(MOUNT, store.toUri().toString(), MountOptions.DEFAULT.withWritable(true));
  }

  /** All operations with this many callers. */
  void run(int callers, int batch) throws IOException, InterruptedException {
    int files = callers == 1 && batch == 1 ? 10_000 : 50_000;
    Workspace workspace = workspace();
    if (wanted("create") || wanted("complete")) {
      long begun = measure("create", workspace.beginFiles(Long.MAX_VALUE), callers, batch);
      maybe("complete", workspace.completeFiles(begun, this::write), callers, batch);
    }
    maybe("mkdir", workspace.createDirectories(Long.MAX_VALUE), callers, batch);
    if (wanted(OperationSuite.STAT)
        || wanted(OperationSuite.SET_ATTRIBUTES)
        || wanted(OperationSuite.RENAME)) {
      fill(workspace, files);
      maybe(OperationSuite.STAT, workspace.stat(files), callers, batch);
      maybe(OperationSuite.SET_ATTRIBUTES, workspace.setAttributes(files), callers, batch);
      maybe(OperationSuite.RENAME, workspace.rename(files), callers, batch);
    }
    if (wanted(OperationSuite.DELETE)) {
      Workspace doomed = workspace();
      fill(doomed, files);
      maybe(OperationSuite.DELETE, doomed.delete(files), callers, batch);
    }
  }

  private Workspace workspace() throws InterruptedException {
    return Workspace.create(session.client(), MOUNT + "/w" + ++workspaces, SPREAD);
  }

  /** Files that another program made, as most are. */
  private void fill(Workspace workspace, int files) {
    for (int i = 0; i < files; i++) {
      write(workspace.file(i));
    }
    MetadataClient client = session.client().withTimeout(Duration.ofMinutes(5));
    client.loadMetadata(workspace.top(), WHOLE, progress -> {});
  }

  private void write(String path) {
    try {
      Files.createFile(store.resolve(path.substring(MOUNT.length() + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean wanted(String name) {
    return only.isEmpty() || only.contains(PREFIX + name);
  }

  private void maybe(String name, OperationSource source, int callers, int batch)
      throws InterruptedException {
    if (wanted(name)) {
      measure(name, source, callers, batch);
    }
  }

  private long measure(String name, OperationSource source, int callers, int batch)
      throws InterruptedException {
    return session.measure(PREFIX + name, source, callers, batch, time).operations();
  }
}

package io.cadastre.bench;

import io.cadastre.bench.load.BlockingLoad;
import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.Workspace;
import io.cadastre.bench.report.Figure;
import io.cadastre.client.ListStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The operations of the namespace one after the other, on files made for them. */
final class OperationSuite {
  static final String CREATE = "create, spread";
  static final String CREATE_ONE = "create, one directory";
  static final String MKDIR = "mkdir";
  static final String STAT = "stat";
  static final String SET_ATTRIBUTES = "setattr";
  static final String RENAME = "rename";
  static final String DELETE = "delete";

  private static final int SPREAD = 1_000;

  private final BenchSession session;
  private final Duration time;
  private final Set<String> only;

  /**
   * @param time of each load
   * @param only names of operations; empty: all. Creates run anyway, for the others.
   */
  OperationSuite(BenchSession session, Duration time, Set<String> only) {
    this.session = session;
    this.time = time;
    this.only = only;
  }

  /** All operations with this many callers. */
  void run(int callers, int batch) throws InterruptedException {
    Workspace spread = session.workspace(SPREAD);
    long files = measure(CREATE, spread.createFiles(Long.MAX_VALUE), callers, batch).operations();
    maybe(CREATE_ONE, session.workspace(1).createFiles(Long.MAX_VALUE), callers, batch);
    maybe(MKDIR, spread.createDirectories(Long.MAX_VALUE), callers, batch);
    maybe(STAT, spread.stat(files), callers, batch);
    maybe(SET_ATTRIBUTES, spread.setAttributes(files), callers, batch);
    maybe(RENAME, spread.rename(files), callers, batch);
    if (wanted(DELETE)) {
      Workspace doomed = session.workspace(SPREAD);
      long made = fill(doomed, callers);
      measure(DELETE, doomed.delete(made), callers, batch);
    }
  }

  /** As many files as a delete of one caller after the other may need. */
  private long fill(Workspace workspace, int callers) throws InterruptedException {
    long files = callers == 1 ? 20_000 : 150_000;
    io.cadastre.bench.load.AsyncLoad.run(
            session.client(), workspace.createFiles(files), 16, 100, Duration.ofMinutes(5))
        .orThrow();
    return files;
  }

  private void maybe(String name, OperationSource source, int callers, int batch)
      throws InterruptedException {
    if (wanted(name)) {
      measure(name, source, callers, batch);
    }
  }

  private boolean wanted(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private Figure measure(String name, OperationSource source, int callers, int batch)
      throws InterruptedException {
    return session.measure(name, source, callers, batch, time);
  }

  /** Listings of whole directories of this size, by threads. */
  void list(int entries, int callers) throws InterruptedException {
    if (!wanted("list")) {
      return;
    }
    int directories = Math.max(1, Math.min(100, 100_000 / entries));
    Workspace workspace = session.workspace(directories);
    io.cadastre.bench.load.AsyncLoad.run(
            session.client(),
            workspace.createFiles((long) entries * directories),
            16,
            100,
            Duration.ofMinutes(5))
        .orThrow();
    AtomicInteger next = new AtomicInteger();
    BlockingLoad.Call list =
        () -> {
          int number = Math.floorMod(next.getAndIncrement(), directories);
          long seen = 0;
          try (ListStream pages = session.client().list(workspace.directory(number))) {
            while (pages.hasNext()) {
              seen += pages.next().entries().size();
            }
          }
          if (seen != entries) {
            throw new IllegalStateException("listed " + seen + " of " + entries + " entries");
          }
          return seen;
        };
    session
        .report()
        .add(
            session.measured(
                "list of " + entries,
                callers,
                1,
                "entries",
                () -> BlockingLoad.run(list, callers, time)));
  }
}

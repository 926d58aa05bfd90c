package io.cadastre.server.bootstrap;

import com.codahale.metrics.Gauge;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.raft.FatalHandler;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.server.http.Health;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A whole master in this process, and what a test does to it from inside. Thread-safe. */
public final class InProcessMaster {
  private final MasterServer server;
  private boolean killed;

  private InProcessMaster(MasterServer server) {
    this.server = server;
  }

  /**
   * Starts a master on a storage directory that was formatted.
   *
   * @param fatal told when it would have halted its process
   */
  public static InProcessMaster start(
      Map<String, String> settings, FatalHandler fatal, PlantedBug bug) {
    Configuration configuration = ConfigurationLoader.load(ConfigScope.MASTER, settings);
    MasterServer server =
        new MasterServer(
            configuration,
            fatal,
            new UnderFileSystems(),
            Failpoints.NONE,
            () -> Long.MAX_VALUE,
            bug.parts());
    try {
      server.start();
    } catch (RuntimeException e) {
      server.closeAtOnce();
      throw e;
    }
    return new InProcessMaster(server);
  }

  /** The term in which it leads, or 0. */
  public long leadingTerm() {
    return server.journal().leadingTerm();
  }

  /** Has another one elected, if this one leads; does not wait. */
  public void stepDown() {
    if (leadingTerm() != 0) {
      server.journal().stepDown("a test wants it");
    }
  }

  /**
   * Hands the log what the writer of an earlier term would still have had in its hands: a directory
   * below the root, planned in the term before this one.
   *
   * @return completes when the entry went through the log; fails if it did not get there
   */
  public CompletableFuture<Void> lateEntry(String name) {
    RaftJournal journal = server.journal();
    JournalEntry.Builder entry = JournalEntry.newBuilder().setFormat(FormatVersion.ENTRY);
    try (AppliedView view = journal.view()) {
      long millis = view.clusterMillis();
      InodeBody body =
          InodeBody.newBuilder()
              .setId(view.nextInodeId() + 1_000)
              .setKind(InodeKind.DIRECTORY)
              .setOwner("admin")
              .setGroup("admin")
              .setMode(0755)
              .build();
      entry
          .setPlannedTerm(journal.currentTerm() - 1)
          .setClusterMillis(millis)
          .addOperations(
              PlannedOperation.newBuilder()
                  .addRecords(
                      Records.create(
                          InodeRow.ROOT_ID, name, InodeRow.encode(millis, millis, body), millis)));
    }
    JournalEntry late = entry.build();
    return journal.submit(
        new PendingEntry() {
          @Override
          public JournalEntry entry() {
            return late;
          }

          @Override
          public void applied(long stateIndex, long term) {
            // What is wrong with that shows in the namespace.
          }

          @Override
          public void fenced() {
            // As it should be.
          }
        });
  }

  /** Looks at its newest state; empty once it was killed. */
  public synchronized <T> Optional<T> look(Function<AppliedView, T> question) {
    if (killed) {
      return Optional.empty();
    }
    try (AppliedView view = server.journal().view()) {
      return Optional.of(question.apply(view));
    }
  }

  /** How it says that it is, over HTTP. */
  public Health health() {
    return server.health();
  }

  /** Sync marks that it has not journaled yet. */
  public int marksWaiting() {
    return server.metrics().series().stream()
        .filter(series -> series.name() == MetricNames.SYNC_MARKS_WAITING)
        .map(series -> ((Number) ((Gauge<?>) series.metric()).getValue()).intValue())
        .findFirst()
        .orElseThrow();
  }

  /** Cuts everything off; what is on its disk stays. */
  public synchronized void kill() {
    killed = true;
    server.closeAtOnce();
  }
}

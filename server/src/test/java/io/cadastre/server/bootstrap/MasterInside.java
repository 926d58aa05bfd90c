package io.cadastre.server.bootstrap;

import io.cadastre.core.config.Configuration;
import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.raft.FatalHandler;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What tests of other packages do to a master from inside. Stateless. */
public final class MasterInside {
  private MasterInside() {}

  /** A master whose cluster time follows this clock while it leads. */
  public static MasterServer master(
      Configuration configuration,
      FatalHandler fatal,
      UnderFileSystems stores,
      Failpoints failpoints,
      LongSupplier diskSpace,
      TimeSource time) {
    MasterParts parts = MasterParts.DEFAULT.withClusterTime(time);
    return new MasterServer(configuration, fatal, stores, failpoints, diskSpace, parts);
  }

  /** State index of the newest applied entry. */
  public static long stateIndex(MasterServer master) {
    try (AppliedView view = master.journal().view()) {
      return view.stateIndex();
    }
  }

  /** Its newest state; whoever takes it closes it. */
  public static AppliedView view(MasterServer master) {
    return master.journal().view();
  }

  /** Journals records as an operation of their own, and waits until they are applied. */
  public static void journal(MasterServer master, List<JournalRecord> records) {
    RaftJournal journal = master.journal();
    JournalEntry.Builder entry =
        JournalEntry.newBuilder()
            .setFormat(FormatVersion.ENTRY)
            .setPlannedTerm(journal.currentTerm())
            .addOperations(PlannedOperation.newBuilder().addAllRecords(records));
    try (AppliedView view = journal.view()) {
      entry.setClusterMillis(view.clusterMillis());
    }
    JournalEntry planned = entry.build();
    CompletableFuture<Void> applied = new CompletableFuture<>();
    journal.submit(
        new PendingEntry() {
          @Override
          public JournalEntry entry() {
            return planned;
          }

          @Override
          public void applied(long stateIndex, long term) {
            applied.complete(null);
          }

          @Override
          public void fenced() {
            applied.completeExceptionally(new IllegalStateException("the term is over"));
          }
        });
    applied.orTimeout(10, TimeUnit.SECONDS).join();
  }
}

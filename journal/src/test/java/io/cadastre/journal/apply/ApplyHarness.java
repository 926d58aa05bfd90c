package io.cadastre.journal.apply;

import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.journal.testing.RandomJournal.LogEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A real store and a real engine, with the batches cut where a test wants them. */
final class ApplyHarness implements AutoCloseable {
  static final StoreSettings SETTINGS = new StoreSettings(8 << 20, 4 << 20, 16 << 20);

  final RocksInodeStore store;
  final ApplyEngine engine;
  final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  final List<Integer> batches = new ArrayList<>();

  ApplyHarness(Path directory) {
    store = RocksInodeStore.open(directory, SETTINGS);
    engine =
        new ApplyEngine(
            store,
            "test",
            (entries, operations, bytes, nanos) -> batches.add(entries),
            fatal::complete);
  }

  /** Applies these entries as one batch (but for CheckState, behind which the engine cuts). */
  void applyTogether(List<LogEntry> entries) throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    engine.afterAll(() -> await(gate));
    for (LogEntry entry : entries) {
      put(entry);
    }
    engine.afterAll(done::countDown);
    gate.countDown();
    while (!done.await(100, TimeUnit.MILLISECONDS)) {
      if (fatal.isDone()) {
        throw new AssertionError("the applier failed", fatal.get());
      }
    }
  }

  void put(LogEntry entry) {
    if (entry.entry() == null) {
      engine.advance(entry.term(), entry.index());
    } else {
      engine.apply(entry.term(), entry.index(), entry.entry(), null);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  StateHash hash() {
    try (AppliedView view = engine.view()) {
      return StateHash.of(view);
    }
  }

  @Override
  public void close() {
    engine.close();
    store.close();
  }
}

package io.cadastre.journal.raft;

import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One member, as a master wires it: store, journal, and a writer while it leads. */
final class TestNode implements AutoCloseable {
  static final JournalWriter.Settings WRITER =
      new JournalWriter.Settings(64 << 10, 64, 4, 8 << 20, 2000);

  final RaftSettings settings;
  final Path storage;
  final RocksInodeStore store;
  final RaftJournal journal;
  final List<String> fatal = Collections.synchronizedList(new ArrayList<>());
  final List<String> roles = Collections.synchronizedList(new ArrayList<>());
  private volatile JournalWriter writer;

  TestNode(RaftSettings settings) {
    this.settings = settings;
    this.storage = settings.storageDirectory().getParent();
    this.store =
        RocksInodeStore.open(
            storage.resolve("store"), new StoreSettings(8 << 20, 4 << 20, 16 << 20));
    try {
      this.journal =
          new RaftJournal(
              settings,
              store,
              ApplyMetrics.NONE,
              new Roles(),
              (reason, cause) -> fatal.add(reason + " / " + cause));
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
    try {
      journal.start();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private final class Roles implements LeadershipListener {
    @Override
    public void leading(long term) {
      roles.add("leading " + term);
      long lastMillis;
      try (AppliedView view = journal.view()) {
        lastMillis = view.clusterMillis();
      }
      writer =
          new JournalWriter(
              journal,
              term,
              new ClusterClock(TimeSource.system(), lastMillis),
              WRITER,
              JournalMetrics.NONE);
    }

    @Override
    public void notLeading() {
      roles.add("not leading");
      JournalWriter old = writer;
      writer = null;
      if (old != null) {
        old.close();
      }
    }

    @Override
    public void leaderChanged(String node) {}
  }

  String name() {
    return settings.nodeName();
  }

  /** The writer while this node leads, else null. */
  JournalWriter writer() {
    return writer;
  }

  boolean leads() {
    return writer != null && journal.leadingTerm() != 0;
  }

  long applied() {
    return journal.appliedRaftIndex();
  }

  StateHash hash() {
    try (AppliedView view = journal.view()) {
      return StateHash.of(view);
    }
  }

  @Override
  public void close() {
    journal.close();
    store.close();
  }
}

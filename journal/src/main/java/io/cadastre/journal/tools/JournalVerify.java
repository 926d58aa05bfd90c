package io.cadastre.journal.tools;

import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreException;
import java.nio.file.Path;

/**
 * Checks the storage of a stopped master, reading all of it and changing nothing: the log's
 * checksums and continuity ({@code LogVerify}), the store's checksums and structure ({@code
 * StoreVerify}), and that the two fit together.
 */
public final class JournalVerify {
  static final String REBUILD =
      "keep this storage and rebuild the master (\"Lost disk\" in docs/operations.md); if others"
          + " have the same, it is a defect: report it";

  private JournalVerify() {}

  /**
   * Takes about a second per 100,000 inodes.
   *
   * @throws MetadataException BUSY if a master runs on the storage; INVALID_ARGUMENT or CORRUPT if
   *     it has no identity that can be read
   */
  public static VerifyReport verify(Path storage) {
    try (StoppedStorage stopped = StoppedStorage.open(storage)) {
      Findings findings = new Findings();
      findings.figure("cluster", stopped.identity().clusterId());
      findings.figure("node", stopped.identity().nodeName());
      try {
        stopped.requireNoForeignLog();
      } catch (MetadataException e) {
        findings.error(e.getMessage(), REBUILD);
      }
      LogVerify log = new LogVerify(findings);
      log.verify(stopped.log(), applied(stopped), stopped.identity().joined());
      if (stopped.hasStore()) {
        verifyStore(stopped, log, findings);
      } else if (log.start() > 0) {
        findings.error(
            "There is no inode store, and the log does not go back to its begin", REBUILD);
      } else if (log.end() >= 0) {
        findings.warning(
            "There is no inode store", "it is made again from the log at the next start");
      }
      return findings.report();
    }
  }

  /** Up to where the store has applied the log, if it says so: its damage is found later. */
  private static long applied(StoppedStorage stopped) {
    if (!stopped.hasStore()) {
      return -1;
    }
    try (RocksInodeStore store = stopped.openStore()) {
      return StoredState.of(store).appliedIndex();
    } catch (StoreException | MetadataException e) {
      return Long.MAX_VALUE;
    }
  }

  private static void verifyStore(StoppedStorage stopped, LogVerify log, Findings findings) {
    try (RocksInodeStore store = stopped.openStore()) {
      store.verifyChecksums();
      StoredState state = StoredState.of(store);
      log.verifyApplied(state.appliedTerm(), state.appliedIndex());
      String cluster = stopped.identity().clusterId().toString();
      if (!state.clusterId().isEmpty() && !state.clusterId().equals(cluster)) {
        findings.error(
            "The inode store is of another cluster (" + state.clusterId() + ")",
            "put back the files of this master");
      }
      new StoreVerify(store, state, findings).verify();
      StateHash hash = StateHash.of(store);
      findings.figure("rows", hash.rows());
      findings.figure("state hash", hash.hash());
    } catch (StoreException | MetadataException e) {
      findings.error(e.getMessage(), REBUILD);
    }
  }
}

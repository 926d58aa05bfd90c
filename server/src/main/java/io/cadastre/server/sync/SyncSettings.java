package io.cadastre.server.sync;

import java.nio.file.Path;

/**
 * Limits of the sync engine.
 *
 * @param batchRecords changes that are journaled together, at most
 * @param batchesInFlight journal entries of one run on their way at once
 * @param guardCount the mass-delete guard trips above so many entries, descendants counted,
 * @param guardShare and above this share of the mount's entries
 * @param deletesInMemory deletes of one run that wait in memory for the end of the listing
 * @param deletesSpillBytes what those that do not fit may take on disk, for one run
 * @param spillDirectory where that is, and what else does not fit in memory
 * @param concurrency directories of one recursive run that are compared at once
 * @param directoriesInMemory directories that a run has found and keeps in memory; more go to disk
 * @param busyWaitMillis how long the second pass waits for an entry that was locked
 */
public record SyncSettings(
    int batchRecords,
    int batchesInFlight,
    long guardCount,
    double guardShare,
    int deletesInMemory,
    long deletesSpillBytes,
    Path spillDirectory,
    int concurrency,
    int directoriesInMemory,
    long busyWaitMillis) {

  /** The same with as much memory for deletes as each of so many parts of a run may take. */
  SyncSettings perPart(int parts) {
    return new SyncSettings(
        batchRecords,
        batchesInFlight,
        guardCount,
        guardShare,
        Math.max(1, deletesInMemory / parts),
        deletesSpillBytes,
        spillDirectory,
        concurrency,
        directoriesInMemory,
        busyWaitMillis);
  }
}

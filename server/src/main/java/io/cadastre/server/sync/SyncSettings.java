package io.cadastre.server.sync;

import java.nio.file.Path;

/**
 * Limits of the sync engine.
 *
 * @param batchRecords records of one journal entry, at most
 * @param batchesInFlight journal entries of one run on their way at once
 * @param guardCount the mass-delete guard trips above so many entries, descendants counted,
 * @param guardShare and above this share of the mount's entries
 * @param deletesInMemory deletes of one run that wait in memory for the end of the listing
 * @param deletesSpillBytes what those that do not fit may take on disk, for one run
 * @param spillDirectory where that is
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
    long busyWaitMillis) {}

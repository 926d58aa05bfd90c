/**
 * Metadata sync: {@link io.cadastre.server.sync.SyncService} decides whether a path is due and
 * starts runs, {@code SyncRun} is one of them, {@code Crew} its threads with a {@code
 * DirectoryWorker} each, {@code DirectoryListing} and {@link io.cadastre.server.sync.ListingsAhead}
 * the listings that are asked for before they are wanted, {@code MergeJoin} and {@code Decider} are
 * its pure heart, {@code SyncWriter} its only way into the journal. {@code FlatSync} is a run that
 * lists keys in ranges, each a {@code RangeSync}, instead of descending. {@link
 * io.cadastre.server.sync.SyncTasks} works off loads of the background, {@link
 * io.cadastre.server.sync.SyncSchedules} begins runs by the clock, {@link
 * io.cadastre.server.sync.SyncOverview} shows all that. Imports `server.transaction`,
 * `server.lock`, `server.mount`, `journal` and `ufs.spi`; used by `server.namespace`. Invariants: a
 * sync never undoes a change made while it ran, and what a store does not say is never taken for a
 * deletion.
 */
package io.cadastre.server.sync;

/**
 * What makes two replicas the same: {@link io.cadastre.journal.snapshot.StateHash}, over every row
 * of one moment. Backup and restore will live here. Imports `journal.apply`, `journal.record` and
 * `journal.store`; may be imported by `journal.raft`, `journal.tools` and the server. Invariant:
 * the hash depends on rows only, never on how they lie on disk.
 */
package io.cadastre.journal.snapshot;

/**
 * Looking at a journal from outside: {@link io.cadastre.journal.snapshot.StateHash} says what makes
 * two replicas the same, the other classes inspect and prepare the storage directory of a stopped
 * master. Open {@link io.cadastre.journal.snapshot.JournalVerify} first. Imports the rest of
 * `journal`, but neither RocksDB nor Ratis; may be imported by the server and by the commands.
 * Invariant: nothing here changes a storage that a master uses (every tool takes the storage lock),
 * and nothing here but {@link io.cadastre.journal.snapshot.StorageFormat} changes one at all.
 */
package io.cadastre.journal.snapshot;

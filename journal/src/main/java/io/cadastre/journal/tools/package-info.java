/**
 * Looking at the storage directory of a stopped master, and preparing a new one. Open {@link
 * io.cadastre.journal.tools.JournalVerify} first. Imports the rest of `journal`, but neither
 * RocksDB nor Ratis; may be imported by the commands. Invariant: nothing here changes a storage
 * that a master uses (every tool takes the storage lock), and nothing but {@link
 * io.cadastre.journal.tools.StorageFormat} changes one at all.
 */
package io.cadastre.journal.tools;

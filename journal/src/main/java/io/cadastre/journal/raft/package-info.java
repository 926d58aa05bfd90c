/**
 * The replicated log: {@link io.cadastre.journal.raft.RaftJournal} is one member of it, {@link
 * io.cadastre.journal.raft.JournalWriter} the leader's group commit, {@link
 * io.cadastre.journal.raft.NodeIdentity} the guard against a lost disk. The only package that
 * imports Ratis, whose types do not leave it; payloads cross as bytes. Invariant: an entry is
 * applied only in the term in which it was planned.
 */
package io.cadastre.journal.raft;

/**
 * From committed entries to rows: {@link io.cadastre.journal.apply.ApplyEngine} drains and
 * publishes, {@code RecordApplier} says what each record does, {@link
 * io.cadastre.journal.apply.AppliedView} is what readers hold. Imports `journal.record`,
 * `journal.store` and `core`. May be imported by `journal.raft`, `journal.snapshot` and the server
 * (views and listeners). Invariant: nothing else writes the store, and the outcome depends only on
 * the log, never on how entries were grouped.
 */
package io.cadastre.journal.apply;

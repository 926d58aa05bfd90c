/**
 * The inode store: rows by key in column families. Open {@link io.cadastre.journal.store.KeyLayout}
 * first, then {@link io.cadastre.journal.store.RocksInodeStore}. Imports `core.inode` and RocksDB,
 * whose types do not leave this package; may be imported by the rest of `journal` and, for reads
 * through a {@link io.cadastre.journal.store.StoreView}, by the server. Invariant: only
 * `journal.apply` writes.
 */
package io.cadastre.journal.store;

package io.cadastre.journal.store;

/**
 * Limits of the inode store.
 *
 * @param blockCacheBytes cache of uncompressed blocks, shared by all families
 * @param writeBufferBytes memtable of each of the two large families; the small ones get an eighth
 * @param maxWalBytes RocksDB's own log is cut when it grows beyond this, which bounds the work of a
 *     restart
 */
public record StoreSettings(long blockCacheBytes, long writeBufferBytes, long maxWalBytes) {
  public static StoreSettings defaults() {
    return new StoreSettings(64L << 20, 32L << 20, 128L << 20);
  }
}

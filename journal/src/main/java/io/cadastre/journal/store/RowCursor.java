package io.cadastre.journal.store;

/** A position in a scan. Starts on the first row; not thread-safe. */
public interface RowCursor extends AutoCloseable {
  /** Whether the cursor stands on a row. */
  boolean valid();

  byte[] key();

  byte[] value();

  void next();

  /** Moves to the first row at or behind this key. */
  void seek(byte[] key);

  @Override
  void close();
}

package io.cadastre.journal.store;

/** The store failed: an I/O error, corruption, a full disk. The replica has to stop. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

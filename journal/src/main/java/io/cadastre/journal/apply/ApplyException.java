package io.cadastre.journal.apply;

/**
 * A record does not fit the store: it would create what is there, or change what is not. The
 * planner holds the locks that make this impossible, so the replica is wrong, or the journal is,
 * and must stop before it answers anybody.
 */
public final class ApplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ApplyException(String message) {
    super(message);
  }
}

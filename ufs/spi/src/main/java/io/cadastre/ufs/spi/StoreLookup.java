package io.cadastre.ufs.spi;

/** The answer to "what is at this path?": present, absent, or not known. */
public sealed interface StoreLookup {

  /** The store has it. */
  record Present(UfsStatus status) implements StoreLookup {}

  /** The store is reachable, its root is in place, and it has nothing at the path. */
  record Absent() implements StoreLookup {}

  /**
   * It is not known. Never to be treated as absent.
   *
   * @param reason for the user: what happened, and what to do if anything can be done
   * @param cause what the store failed with; its kind and {@link UfsException#retryable()} say more
   */
  record Unknown(String reason, UfsException cause) implements StoreLookup {}

  /** The one value of {@link Absent}. */
  Absent ABSENT = new Absent();

  static StoreLookup present(UfsStatus status) {
    return new Present(status);
  }

  static StoreLookup unknown(UfsException cause) {
    return new Unknown(cause.getMessage(), cause);
  }
}

package io.cadastre.ufs.local;

/** An entry that is there but is not mirrored; the message is the reason, for the user. */
final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableException(String reason) {
    super(reason, null, false, false);
  }
}

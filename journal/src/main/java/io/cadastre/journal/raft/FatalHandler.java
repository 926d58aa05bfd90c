package io.cadastre.journal.raft;

/**
 * Ends the process: a replica that cannot keep its promises must stop before it answers anybody.
 */
public interface FatalHandler {
  /**
   * @param cause may be null
   */
  void halt(String reason, Throwable cause);
}

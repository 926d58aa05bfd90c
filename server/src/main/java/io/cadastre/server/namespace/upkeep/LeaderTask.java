package io.cadastre.server.namespace.upkeep;

import io.cadastre.server.transaction.Leadership;

/** Work that the leader does by itself, again and again, a bounded piece at a time. */
public interface LeaderTask {
  /** For logs and thread names. */
  String name();

  /**
   * Does one piece.
   *
   * @return milliseconds until the next one
   * @throws InterruptedException when the term is over
   */
  long runOnce(Leadership leadership) throws InterruptedException;
}

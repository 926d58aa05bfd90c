package io.cadastre.server.sync;

import io.cadastre.core.api.proto.Difference;

/** Told of what a dry run finds. */
public interface DifferenceListener {
  /**
   * Takes one difference; may wait, which holds the run up.
   *
   * @throws InterruptedException if nobody wants the rest: the run ends
   */
  void found(Difference difference) throws InterruptedException;
}

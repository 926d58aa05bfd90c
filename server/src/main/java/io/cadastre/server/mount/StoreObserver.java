package io.cadastre.server.mount;

import io.cadastre.ufs.decorate.BreakerObserver;
import io.cadastre.ufs.decorate.RequestObserver;
import io.cadastre.ufs.spi.StorePrices;
import io.cadastre.ufs.spi.StoreRequests;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Told of mounted stores, and of each request to one of them. Called on any thread; must be quick.
 */
public interface StoreObserver extends RequestObserver {
  /**
   * What can be asked of an open store at any time.
   *
   * @param circuitOpen whether its requests fail without being sent
   * @param stuck requests that nobody waits for any more and that it has not answered
   * @param requests those that went over the wire since it was opened
   * @param prices what these cost
   */
  record State(
      BooleanSupplier circuitOpen,
      IntSupplier stuck,
      Supplier<StoreRequests> requests,
      StorePrices prices) {}

  /** A store was opened, or opened anew, for the mount at this path. */
  void opened(String mountPath, State state);

  /** The mount at this path is gone. */
  void closed(String mountPath);

  /** Who is told of this mount's circuit breaker. */
  BreakerObserver breaker(String mountPath);

  /** Who is told, in nanoseconds, how long this mount's requests wait for their turn. */
  LongConsumer waits(String mountPath);
}

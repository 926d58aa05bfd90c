package io.cadastre.ufs.decorate;

/** Told of a mount's circuit breaker. Called on any thread, under no lock; must be quick. */
public interface BreakerObserver {
  /** The circuit was closed and now is open. */
  void opened();

  /** The store answers again. */
  void closed();

  /** A request was not sent. */
  void refused();
}

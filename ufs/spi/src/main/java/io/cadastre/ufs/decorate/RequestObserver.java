package io.cadastre.ufs.decorate;

/** Told of each request to a store when it has ended. Called on any thread; must be quick. */
public interface RequestObserver {
  /**
   * @param operation name of the request, such as "status"
   * @param failed whether it failed, or the store did not say what was asked
   */
  void ended(String operation, long nanos, boolean failed);
}

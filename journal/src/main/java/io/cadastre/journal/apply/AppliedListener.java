package io.cadastre.journal.apply;

/**
 * Told about each applied batch, on the apply thread, after the batch is in the store and before
 * its index is published. What a listener invalidates here is therefore gone before any reader can
 * hold a view of the new index. Must be quick and must not throw; an exception stops the replica.
 */
public interface AppliedListener {
  /**
   * @param stateIndex the state index about to be published
   */
  void applied(AppliedChanges changes, long stateIndex);
}

package io.cadastre.server.sync;

import io.cadastre.ufs.spi.UfsStatus;

/**
 * What a sync wants to do with one entry of a directory. Decided without locks, looked at again
 * under them.
 */
sealed interface SyncDecision {
  /** Name of the entry in its directory. */
  String name();

  /** The store has it, the namespace does not. */
  record Create(UfsStatus status) implements SyncDecision {
    @Override
    public String name() {
      return status.name();
    }
  }

  /**
   * Both have it, of one kind; attributes or contents differ. It keeps its id and what only
   * Cadastre knows of it.
   */
  record Update(UfsStatus status, long inodeId) implements SyncDecision {
    @Override
    public String name() {
      return status.name();
    }
  }

  /** Both have it, of different kinds. */
  record Replace(UfsStatus status, long inodeId) implements SyncDecision {
    @Override
    public String name() {
      return status.name();
    }
  }

  /** The namespace has it, the store does not. */
  record Delete(String name, long inodeId, boolean directory) implements SyncDecision {}
}

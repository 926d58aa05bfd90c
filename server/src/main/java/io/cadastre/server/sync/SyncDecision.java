package io.cadastre.server.sync;

import io.cadastre.ufs.spi.UfsStatus;

/**
 * What a sync wants to do with one entry of a directory. Decided without locks, looked at again
 * under them.
 */
sealed interface SyncDecision {
  /** Name of the entry in its directory. */
  String name();

  /** Id of the entry that the namespace has; 0 if it has none. */
  long inodeId();

  /** Whether the entry stays what it is. */
  default boolean isUpdate() {
    return false;
  }

  /** Whether it takes an entry away, perhaps with all that is below: held back for the guard. */
  default boolean removes() {
    return false;
  }

  /** The store has it, the namespace does not. */
  record Create(UfsStatus status) implements SyncDecision {
    @Override
    public String name() {
      return status.name();
    }

    @Override
    public long inodeId() {
      return 0;
    }
  }

  /**
   * Both have it, of one kind; attributes or contents differ. It keeps its id and what only
   * Cadastre knows of it.
   */
  record Update(UfsStatus status, long inodeId) implements SyncDecision {
    @Override
    public boolean isUpdate() {
      return true;
    }

    @Override
    public String name() {
      return status.name();
    }
  }

  /**
   * Both have it, of different kinds.
   *
   * @param wasDirectory whether a directory goes, with all that is below it
   */
  record Replace(UfsStatus status, long inodeId, boolean wasDirectory) implements SyncDecision {
    @Override
    public String name() {
      return status.name();
    }

    @Override
    public boolean removes() {
      return wasDirectory;
    }
  }

  /** The namespace has it, the store does not. */
  record Delete(String name, long inodeId, boolean directory) implements SyncDecision {
    @Override
    public boolean removes() {
      return true;
    }
  }
}

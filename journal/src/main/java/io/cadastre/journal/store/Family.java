package io.cadastre.journal.store;

/** The column families of the inode store; what each holds is said in {@link KeyLayout}. */
public enum Family {
  CHILDREN("children"),
  DIRECTORIES("directories"),
  MOUNTS("mounts"),
  POLICIES("policies"),
  SYNC("sync"),
  OPERATIONS("operations"),
  INTENTS("intents"),
  DETACHED("detached"),
  TASKS("tasks"),
  /** Positions and counters of this replica. Not part of the state hash. */
  STATE("state");

  private final String storedName;

  Family(String storedName) {
    this.storedName = storedName;
  }

  /** The name on disk; never changes. */
  public String storedName() {
    return storedName;
  }
}

package io.cadastre.server.model;

import java.util.List;

/** One step of a scenario. Its text is the line of the history that says what was done. */
sealed interface Step {
  /** How a single mutation is sent. */
  enum Via {
    /** By the client, which repeats it by itself. */
    CLIENT,
    /** Under an id of the test's own. */
    OWN_ID,
    /** Under an id of its own, again as soon as it is answered. */
    TWICE,
    /** Under an id of its own, two at the same time. */
    TOGETHER
  }

  /** What a read asks. */
  enum Question {
    STATUS,
    EXISTS,
    COUNT,
    LIST,
    TREE
  }

  /** How a read keeps in step with the store. */
  enum Freshness {
    /** What is known. */
    KNOWN,
    /** What is missing is loaded. */
    LOAD_MISSING,
    /** What is missing is loaded, unless it is believed absent; of the path itself only. */
    LOAD_ONCE,
    /** Interval 0: compared with the store. */
    NOW
  }

  /** What is wrong with a store while it is synced. */
  enum Trouble {
    NONE,
    /** Its root is gone. */
    GONE,
    /** One directory cannot be listed: the store does not answer. */
    NOT_ANSWERING,
    /** One directory cannot be listed: it is refused. */
    REFUSED,
    /** One file cannot be read. */
    UNREADABLE
  }

  record Mutate(Change change, Via via) implements Step {}

  /** An earlier mutation of the test's own ids is sent again: the n-th last one that was stored. */
  record Repeat(int back) implements Step {}

  /** Another request under the id of the last mutation. */
  record ReuseId(Change change) implements Step {}

  /**
   * @param pageEntries entries of a page of a listing
   */
  record Read(Question question, String path, Freshness freshness, int pageEntries)
      implements Step {}

  /**
   * `load-metadata`.
   *
   * @param troubled where the trouble is; empty if it is everywhere or nowhere
   */
  record Load(String path, boolean recursive, boolean force, Trouble trouble, String troubled)
      implements Step {}

  /** Changes that do not depend on each other, all at once; with a sync of a mount beside them. */
  record Burst(List<Change> changes, String synced) implements Step {}

  /** Changes of the same names, all at once, in a directory of their own. */
  record Race(String directory, boolean withFile, List<Change> changes) implements Step {}

  /** Another program changes a store. */
  record Outside(OutsideChange change) implements Step {}

  /** A caller gives up while the store is slow; a second one wants the same path meanwhile. */
  record GivenUp(Change slow, Change second) implements Step {}

  /** The leader goes away while it asks the store, which is not as known, for this change. */
  record Abandoned(Change change) implements Step {}
}

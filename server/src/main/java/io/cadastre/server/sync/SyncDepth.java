package io.cadastre.server.sync;

/** How much of a path a sync compares with its store, and a mark covers. */
public enum SyncDepth {
  /** The path itself. */
  SELF,
  /** The path and its direct children. */
  CHILDREN,
  /** The whole subtree. */
  ALL
}

package io.cadastre.server.namespace.through;

/** The kinds of intent, by the names under which they are journaled. Never renamed. */
enum IntentKind {
  /** Store paths: the directories to make, topmost first. */
  MKDIR,
  /** One store path: a file or an empty directory. */
  DELETE,
  /** One store path: a directory with all that is below it. */
  DELETE_RECURSIVE,
  /** Two store paths: source and destination; what the destination has before is removed. */
  RENAME,
  /** One store path; the state after holds the attributes. */
  SET_ATTRIBUTES
}

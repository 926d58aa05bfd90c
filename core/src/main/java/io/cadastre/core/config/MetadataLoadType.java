package io.cadastre.core.config;

/** What stat and list ask the store when no sync is due. */
public enum MetadataLoadType {
  /** Nothing is loaded; a path that is not known is not found. */
  NEVER,
  /** A directory's children are loaded once; an unknown path is looked up unless known absent. */
  ONCE,
  /** What is missing is looked up each time, even if it was absent a moment ago. */
  ALWAYS
}

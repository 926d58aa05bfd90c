package io.cadastre.core.config;

/** Who reads a key. A key may have several scopes. */
public enum ConfigScope {
  /** Read by a master when it starts. */
  MASTER,
  /** Read by the command line and by the Java client. */
  CLIENT,
  /** May be set for a path and all below it with {@code path-conf set}. */
  POLICY
}

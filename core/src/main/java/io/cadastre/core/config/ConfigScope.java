package io.cadastre.core.config;

/** Who reads a key. A key may have several scopes. */
public enum ConfigScope {
  /** Read by a master when it starts. */
  MASTER,
  /** Read by the command line. The Java client is told such things by whoever builds it. */
  CLIENT,
  /** May be set for a path and all below it with {@code path-conf set}. */
  POLICY
}

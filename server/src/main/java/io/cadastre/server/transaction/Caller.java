package io.cadastre.server.transaction;

import java.util.List;

/**
 * On whose behalf a call runs.
 *
 * @param user never empty
 * @param superuser passes every permission check: the configured super-user, or a member of the
 *     super-group
 * @param address where the call came from, for the audit log
 */
public record Caller(String user, List<String> groups, boolean superuser, String address) {
  public Caller {
    groups = List.copyOf(groups);
  }

  /** The master itself. */
  public static Caller system(String superuser) {
    return new Caller(superuser, List.of(), true, "internal");
  }
}

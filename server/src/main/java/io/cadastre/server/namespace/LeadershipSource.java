package io.cadastre.server.namespace;

import io.cadastre.server.transaction.Leadership;

/** Where the current leadership is found. */
public interface LeadershipSource {
  /**
   * The leadership of this master.
   *
   * @throws io.cadastre.core.error.MetadataException NOT_LEADER, with the leader's address in the
   *     context if it is known
   */
  Leadership require();
}

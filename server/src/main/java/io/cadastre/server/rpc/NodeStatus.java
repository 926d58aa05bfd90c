package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.Report;

/** What the admin service tells of this master. Answers at once, from memory. */
public interface NodeStatus {
  NodeInfo info();

  QuorumInfo quorum();

  Report report();
}

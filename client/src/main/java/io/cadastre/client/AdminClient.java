package io.cadastre.client;

import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.CheckpointResult;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.Report;
import io.cadastre.core.api.proto.TransferResult;
import java.util.List;

/** The calls of operators: {@link MetadataClient#admin}. All block; a master is host:port. */
public final class AdminClient {
  AdminClient(CallEngine engine, CallSettings call) {}

  /**
   * Asks all masters at once what they are, each for at most a second (the probe timeout), so that
   * a frozen one delays nobody for longer.
   *
   * @return one answer or error per configured master, in their configured order
   */
  public List<NodeAnswer> nodeInfos() {
    throw new UnsupportedOperationException();
  }

  /** Every member as the leader sees it. */
  public QuorumInfo quorum() {
    throw new UnsupportedOperationException();
  }

  /** Takes a snapshot of this master's journal now and purges the log behind it. */
  public CheckpointResult checkpoint(String master) {
    throw new UnsupportedOperationException();
  }

  /** Has all members compute their state hash at one index, and compares them. */
  public CheckStateResult checkState() {
    throw new UnsupportedOperationException();
  }

  /** What this master has to say of itself, line by line. */
  public Report report(String master) {
    throw new UnsupportedOperationException();
  }

  /** Hands leadership over to the member of this name; returns when it leads. */
  public TransferResult transferLeadership(String node) {
    throw new UnsupportedOperationException();
  }
}

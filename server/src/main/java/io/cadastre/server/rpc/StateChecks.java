package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.StateHashResult;

/** Comparing the states of the members. */
public interface StateChecks {
  /**
   * Leader: journals a CheckState record, waits for the members' hashes, journals the verdict.
   * Blocks.
   */
  CheckStateResult check(long timeoutMillis);

  /** This master's hash at a CheckState record, as far as it is known. */
  StateHashResult result(long stateIndex);
}

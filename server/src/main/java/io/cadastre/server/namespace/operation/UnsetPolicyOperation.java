package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.UnsetPolicy;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes properties off a path, or all of them. */
public final class UnsetPolicyOperation implements Operation {
  private final NamespacePath path;
  private final List<String> keys;

  public UnsetPolicyOperation(UnsetPolicy request) {
    this.path = NamespacePath.of(request.getPath());
    this.keys = request.getKeysList();
    keys.forEach(key -> ConfigKeys.require(key, ConfigScope.POLICY));
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Permissions.checkSuperuser(context.caller(), "unset policies");
    Map<String, String> left = new TreeMap<>(context.view().policies().on(path));
    if (left.isEmpty()) {
      throw new MetadataException(ErrorCode.NOT_FOUND, "No policy is set on " + path);
    }
    if (keys.isEmpty()) {
      left.clear();
    } else {
      for (String key : keys) {
        if (left.remove(key) == null) {
          throw new MetadataException(
              ErrorCode.NOT_FOUND, "The policy of " + path + " does not set " + key);
        }
      }
    }
    return new Plan.Commit(
        List.of(
            left.isEmpty()
                ? Records.removePolicy(path.toString())
                : Records.of(SetPolicyOperation.row(path, left))),
        Done.newBuilder().setChanged(true).build());
  }
}

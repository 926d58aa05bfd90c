package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.api.proto.SetPolicy;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.StoreOption;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sets properties on a path, for it and everything below. The path need not exist yet. */
public final class SetPolicyOperation implements Operation {
  private final NamespacePath path;
  private final Map<String, String> properties = new TreeMap<>();

  public SetPolicyOperation(SetPolicy request) {
    this.path = NamespacePath.of(request.getPath());
    if (request.getPropertiesCount() == 0) {
      throw MetadataException.invalid("properties", "expected at least one KEY=VALUE");
    }
    for (Property property : request.getPropertiesList()) {
      ConfigKeys.require(property.getKey(), ConfigScope.POLICY)
          .parse(property.getValue(), "policy " + path);
      properties.put(property.getKey(), property.getValue());
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Permissions.checkSuperuser(context.caller(), "set policies");
    Map<String, String> merged = new TreeMap<>(context.view().policies().on(path));
    merged.putAll(properties);
    return new Plan.Commit(
        List.of(Records.of(row(path, merged))), Done.newBuilder().setChanged(true).build());
  }

  static PutPolicy row(NamespacePath path, Map<String, String> properties) {
    PutPolicy.Builder row = PutPolicy.newBuilder().setPath(path.toString());
    new TreeMap<>(properties)
        .forEach(
            (key, value) ->
                row.addProperties(StoreOption.newBuilder().setName(key).setValue(value)));
    return row.build();
  }
}

package io.cadastre.server.namespace;

import io.cadastre.core.api.proto.EffectiveProperties;
import io.cadastre.core.api.proto.EffectiveProperty;
import io.cadastre.core.api.proto.PathPolicy;
import io.cadastre.core.api.proto.Policies;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.config.ConfigKey;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.core.path.NamespacePath;
import java.util.Map;
import java.util.Optional;

/** What is set on paths, and what is in force there and why. */
final class EffectivePolicies {
  private final Configuration configuration;

  EffectivePolicies(Configuration configuration) {
    this.configuration = configuration;
  }

  Policies list(PolicyTable table, NamespacePath under) {
    Policies.Builder policies = Policies.newBuilder();
    for (Map.Entry<NamespacePath, Map<String, String>> entry : table.under(under).entrySet()) {
      PathPolicy.Builder policy = PathPolicy.newBuilder().setPath(entry.getKey().toString());
      entry
          .getValue()
          .forEach(
              (key, value) ->
                  policy.addProperties(Property.newBuilder().setKey(key).setValue(value)));
      policies.addPolicies(policy);
    }
    return policies.build();
  }

  /** Every key that a policy can set: the nearest policy's value, else the master's. */
  EffectiveProperties effective(PolicyTable table, NamespacePath path) {
    EffectiveProperties.Builder properties = EffectiveProperties.newBuilder();
    for (ConfigKey<?> key : ConfigKeys.all()) {
      if (key.scopes().contains(ConfigScope.POLICY)) {
        Optional<PolicyTable.Effective> policy = table.effective(path, key.name());
        properties.addProperties(
            EffectiveProperty.newBuilder()
                .setKey(key.name())
                .setValue(policy.map(PolicyTable.Effective::value).orElse(configuration.shown(key)))
                .setOrigin(
                    policy
                        .map(effective -> "policy " + effective.origin())
                        .orElse("master: " + configuration.origin(key))));
      }
    }
    return properties.build();
  }
}

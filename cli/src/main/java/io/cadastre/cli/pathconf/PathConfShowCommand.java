package io.cadastre.cli.pathconf;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.Table;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.EffectiveProperty;
import io.cadastre.core.api.proto.PathPolicy;
import io.cadastre.core.config.ConfigKey;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = {
      "Show the settings of a path.",
      "With --effective: the value of every such key that a call of this command line would get,"
          + " and where it comes from. The first of these counts: -D, the nearest path with a"
          + " setting, the client's file, the master's file, the default."
    })
final class PathConfShowCommand extends ClusterCommand {
  private static final String FROM_POLICY = "policy";

  @Option(names = "--effective", description = "Values in force, with their origin.")
  private boolean effective;

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  /** A value in force. */
  private record Value(String key, String text, String origin) {}

  @Override
  protected ExitCodes run(MetadataClient client) {
    return effective ? showEffective(client) : showOwn(client);
  }

  private ExitCodes showOwn(MetadataClient client) {
    PathPolicy policy =
        client.listPolicies(path.toString()).value().getPoliciesList().stream()
            .filter(candidate -> candidate.getPath().equals(path.toString()))
            .findFirst()
            .orElse(PathPolicy.newBuilder().setPath(path.toString()).build());
    if (json()) {
      output().json(PolicyText.json(policy));
    } else {
      policy
          .getPropertiesList()
          .forEach(property -> output().line(property.getKey() + "=" + property.getValue()));
    }
    return ExitCodes.OK;
  }

  private ExitCodes showEffective(MetadataClient client) {
    List<Value> values =
        client.effectivePolicy(path.toString()).value().getPropertiesList().stream()
            .map(property -> seenFromHere(property, address().configuration()))
            .toList();
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("path", path)
                  .putAll(
                      "properties",
                      values,
                      value ->
                          Json.object()
                              .put("key", value.key())
                              .put("value", value.text())
                              .put("origin", value.origin())));
      return ExitCodes.OK;
    }
    Table table = new Table("KEY", "VALUE", "ORIGIN");
    values.forEach(value -> table.row(value.key(), value.text(), value.origin()));
    table.lines().forEach(output()::line);
    return ExitCodes.OK;
  }

  /** The master knows policies and its own file; the client's settings are known here. */
  private static Value seenFromHere(EffectiveProperty property, Configuration client) {
    Optional<ConfigKey<?>> key = ConfigKeys.byName(property.getKey());
    if (key.isPresent() && client.isSet(key.get())) {
      String origin = client.origin(key.get());
      if (origin.equals("-D") || !property.getOrigin().startsWith(FROM_POLICY)) {
        return new Value(property.getKey(), client.shown(key.get()), origin);
      }
    }
    return new Value(property.getKey(), property.getValue(), property.getOrigin());
  }
}

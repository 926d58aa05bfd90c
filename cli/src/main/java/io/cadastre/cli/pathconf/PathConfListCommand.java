package io.cadastre.cli.pathconf;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.PathPolicy;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "list", description = "List the paths that have settings, with their settings.")
final class PathConfListCommand extends ClusterCommand {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "Only settings at or below this path.")
  private NamespacePath path;

  @Override
  protected ExitCodes run(MetadataClient client) {
    for (PathPolicy policy :
        client.listPolicies(path == null ? "" : path.toString()).value().getPoliciesList()) {
      if (json()) {
        output().json(PolicyText.json(policy));
        continue;
      }
      output().line(policy.getPath());
      for (Property property : policy.getPropertiesList()) {
        output().line("  " + property.getKey() + "=" + property.getValue());
      }
    }
    return ExitCodes.OK;
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.Answer;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "exists",
    description = "Print true or false; exit code 0 if something is at the path, 1 if not.")
final class ExistsCommand extends ClusterCommand {
  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Mixin private ReadMixin read;

  @Override
  protected void check() {
    read.check();
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    Answer<Boolean> answer =
        client.exists(path.toString(), read.options(address().configuration()));
    new Staleness(output()).look(answer.served());
    if (json()) {
      output().json(Json.object().put("path", path).put("exists", answer.value()));
    } else {
      output().line(answer.value().toString());
    }
    return answer.value() ? ExitCodes.OK : ExitCodes.NO;
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.StatusText;
import io.cadastre.client.Answer;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "stat", description = "Show all that is known of a path, times local and in UTC.")
final class StatCommand extends EachPathCommand {
  @Mixin private ReadMixin read;

  @Override
  protected void check() {
    read.check();
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    Answer<FileStatus> answer =
        client.getStatus(path.toString(), read.options(address().configuration()));
    new Staleness(output()).look(answer.served());
    if (json()) {
      output()
          .json(
              StatusText.json(answer.value(), path.toString())
                  .put("stateIndex", answer.served().stateIndex())
                  .put("node", answer.served().node()));
      return ExitCodes.OK;
    }
    if (!path.equals(paths().get(0))) {
      output().line("");
    }
    StatusText.lines(answer.value(), path.toString(), context().environment().zone())
        .forEach(output()::line);
    return ExitCodes.OK;
  }
}

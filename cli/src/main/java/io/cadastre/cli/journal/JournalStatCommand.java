package io.cadastre.cli.journal;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "stat",
    description = "Show the figures of a stopped master's storage: indexes, bytes, snapshots.")
final class JournalStatCommand extends CliCommand {
  @Mixin private StorageOption storage;

  @Override
  protected ExitCodes run() {
    Map<String, String> figures = context().journalTools().stat(storage.path(context()));
    if (json()) {
      Json json = Json.object().put("dir", storage.path(context()));
      figures.forEach(json::put);
      output().json(json);
    } else {
      figures.forEach((name, value) -> output().line(name + ": " + value));
    }
    return ExitCodes.OK;
  }
}

package io.cadastre.cli.journal;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.ClientFactory;
import io.cadastre.cli.base.ClusterLocator;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.Table;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.StateHashResult;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Compare the state hashes of all members of the running cluster at one index.",
      "With --dir: check a stopped master's storage instead: checksums, continuity, the store"
          + " against the log.",
      "Exit code 0 if all is well, 7 if not every member answered, 8 if there is damage."
    })
final class JournalVerifyCommand extends CliCommand {
  @Option(names = "--dir", paramLabel = "DIR", description = "Storage directory to check.")
  private Path dir;

  @Override
  protected ExitCodes run() {
    return dir == null ? online() : offline(dir.toAbsolutePath().normalize());
  }

  private ExitCodes online() {
    var address = new ClusterLocator(context().options(), context().environment()).locate();
    try (MetadataClient client = ClientFactory.open(context(), address)) {
      CheckStateResult result = client.admin().checkState();
      print(result);
      return switch (result.getVerdict()) {
        case "EQUAL" -> ExitCodes.OK;
        case "DIFFERENT" -> ExitCodes.INTERNAL;
        default -> ExitCodes.PARTIAL;
      };
    }
  }

  private void print(CheckStateResult result) {
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("index", result.getIndex())
                  .put("verdict", result.getVerdict())
                  .putAll("members", result.getMembersList(), JournalVerifyCommand::toJson));
      return;
    }
    Table table = new Table("NAME", "STATE", "ROWS", "HASH");
    for (StateHashResult member : result.getMembersList()) {
      table.row(member.getNode(), member.getState(), member.getRows(), member.getHash());
    }
    table.lines().forEach(output()::line);
    output()
        .line(
            switch (result.getVerdict()) {
              case "EQUAL" -> "All members are equal at index " + result.getIndex() + ".";
              case "DIFFERENT" -> "Members DIFFER at index " + result.getIndex() + ".";
              default ->
                  "Not every member has answered for index "
                      + result.getIndex()
                      + "; those that have are shown.";
            });
  }

  private static Json toJson(StateHashResult member) {
    return Json.object()
        .put("name", member.getNode())
        .put("state", member.getState())
        .put("rows", member.getRows())
        .put("hash", member.getHash());
  }

  private ExitCodes offline(Path storage) {
    JournalTools.Verification result = context().journalTools().verify(storage);
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("dir", storage)
                  .put("ok", result.ok())
                  .put("checked", result.checked())
                  .put("problems", result.problems()));
    } else {
      result.checked().forEach((name, figure) -> output().line(name + ": " + figure));
      result.problems().forEach(problem -> output().line("PROBLEM: " + problem));
      String problems = result.problems().size() + " problems";
      output()
          .line(
              result.problems().isEmpty()
                  ? "All is well."
                  : result.ok() ? problems + ", no damage." : problems + ".");
    }
    return result.ok() ? ExitCodes.OK : ExitCodes.INTERNAL;
  }
}

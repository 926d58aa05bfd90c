package io.cadastre.cli.master;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.MasterOption;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.Report;
import io.cadastre.core.api.proto.ReportLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "report",
    description = "Show the state of a master in words: what it does, holds, and waits for.")
public final class ReportCommand extends ClusterCommand {
  @Mixin private MasterOption master;

  @Override
  protected ExitCodes run(MetadataClient client) {
    Report report = client.admin().report(master.address(client));
    String section = "";
    for (ReportLine line : report.getLinesList()) {
      if (json()) {
        output()
            .json(
                Json.object()
                    .put("section", line.getSection())
                    .put("key", line.getKey())
                    .put("value", line.getValue()));
        continue;
      }
      if (!line.getSection().equals(section)) {
        section = line.getSection();
        output().line(section);
      }
      output().line("  " + line.getKey() + ": " + line.getValue());
    }
    return ExitCodes.OK;
  }
}

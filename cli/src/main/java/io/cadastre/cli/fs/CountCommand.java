package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.Answer;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "count",
    description =
        "Count what is known below a path, itself included: directories, files, bytes. You must be"
            + " allowed to list all of it.")
final class CountCommand extends EachPathCommand {
  @Option(names = "-h", description = "Sizes for people: 1.5 K, 20 G.")
  private boolean human;

  @Mixin private ReadMixin read;

  @Override
  protected void check() {
    read.check();
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    Answer<CountResult> answer =
        client.count(path.toString(), read.options(address().configuration()));
    new Staleness(output()).look(answer.served());
    CountResult count = answer.value();
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("path", path)
                  .put("directories", count.getDirectories())
                  .put("files", count.getFiles())
                  .put("bytes", count.getBytes()));
    } else {
      output()
          .line(
              String.format(
                  "%12d %12d %18s %s",
                  count.getDirectories(),
                  count.getFiles(),
                  SizeText.of(count.getBytes(), human),
                  ListingFormat.printable(path.toString())));
    }
    return ExitCodes.OK;
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.ListingFormat.Entry;
import io.cadastre.cli.format.StatusText;
import io.cadastre.client.Answer;
import io.cadastre.client.ListOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "ls",
    description = {
      "List a directory, or a file.",
      "Columns: mode, number of children (- for a file), owner, group, size in bytes, time of"
          + " modification in your time zone, path. Entries come in the order of their names'"
          + " UTF-8 bytes."
    })
final class LsCommand extends EachPathCommand {
  @Option(names = "-R", description = "List everything below, too.")
  private boolean recursive;

  @Option(names = "-h", description = "Sizes for people: 1.5 K, 20 G.")
  private boolean human;

  /** For the fingers of who types it; nothing reads it. */
  @Option(names = "-l", description = "All columns; that is how it always lists.")
  private boolean columns;

  @Option(names = "-d", description = "Show the directory itself, not what is in it.")
  private boolean itself;

  @Option(names = "--limit", paramLabel = "N", description = "At most this many entries.")
  private long limit;

  @Mixin private ReadMixin read;

  @Override
  protected void check() {
    read.check();
    if (limit < 0) {
      throw MetadataException.invalid("--limit", "expected 1 or more entries, or 0 for all");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    ReadOptions options = read.options(address().configuration());
    ListingFormat format = new ListingFormat(human, context().environment().zone());
    if (itself) {
      Answer<FileStatus> answer = client.getStatus(path.toString(), options);
      new Staleness(output()).look(answer.served());
      print(format, List.of(new Entry(answer.value(), path.toString())));
    } else {
      new Listing(client, path, new Staleness(output()))
          .forEachPage(
              ListOptions.DEFAULT.withRead(options).withRecursive(recursive).withLimit(limit),
              entries -> print(format, entries));
    }
    return ExitCodes.OK;
  }

  private void print(ListingFormat format, List<Entry> entries) {
    if (json()) {
      entries.forEach(entry -> output().json(StatusText.json(entry.status(), entry.path())));
    } else {
      format.page(entries, output()::line);
    }
    output().flush();
  }
}

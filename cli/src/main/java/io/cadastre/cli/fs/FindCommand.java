package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Glob;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.ListingFormat.Entry;
import io.cadastre.cli.format.SizeText;
import io.cadastre.cli.format.StatusText;
import io.cadastre.cli.format.TimeText;
import io.cadastre.client.ListOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "find",
    description = "Print the paths below a path that meet all of the conditions.")
final class FindCommand extends ClusterCommand {
  private static final String TYPES = "fdl";

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Option(
      names = "--name",
      paramLabel = "GLOB",
      converter = Converters.Pattern.class,
      description = "The last component matches: *, ?, [a-z], [!a-z].")
  private Glob name;

  @Option(names = "--type", paramLabel = "TYPE", description = "f (file), d, or l (symlink).")
  private String type;

  @Option(names = "--larger", paramLabel = "SIZE", description = "More bytes, such as 64MB.")
  private String larger;

  @Option(
      names = "--newer",
      paramLabel = "DURATION",
      description = "Modified within this time, such as 24h, by this machine's clock.")
  private String newer;

  @Mixin private ReadMixin read;

  private long above;
  private long since;

  @Override
  protected void check() {
    read.check();
    if (type != null && (type.length() != 1 || !TYPES.contains(type))) {
      throw MetadataException.invalid("--type", "got '" + type + "'; expected f, d or l");
    }
    above = larger == null ? -1 : SizeText.parse(larger, "--larger");
    since =
        newer == null
            ? Long.MIN_VALUE
            : System.currentTimeMillis() - TimeText.parseDuration(newer, "--newer").toMillis();
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    new Listing(client, path, new Staleness(output()))
        .forEachPage(
            ListOptions.DEFAULT
                .withRead(read.options(address().configuration()))
                .withRecursive(true),
            entries -> {
              entries.stream().filter(this::matches).forEach(this::print);
              output().flush();
            });
    return ExitCodes.OK;
  }

  private boolean matches(Entry entry) {
    char letter = StatusText.typeLetter(entry.status());
    String last = entry.path().substring(entry.path().lastIndexOf('/') + 1);
    return (name == null || name.matches(last))
        && (type == null || type.charAt(0) == (letter == '-' ? 'f' : letter))
        && entry.status().getSize() > above
        && entry.status().getMtimeMillis() >= since;
  }

  private void print(Entry entry) {
    if (json()) {
      output().json(StatusText.json(entry.status(), entry.path()));
    } else {
      output().line(ListingFormat.printable(entry.path()));
    }
  }
}

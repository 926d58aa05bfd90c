package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.ListingFormat.Entry;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.Answer;
import io.cadastre.client.ListOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "du",
    description = "Show the bytes of each entry of a directory, with all that is below it.")
final class DuCommand extends EachPathCommand {
  /** Directories counted at once. */
  private static final int WINDOW = 64;

  @Option(names = "-h", description = "Sizes for people: 1.5 K, 20 G.")
  private boolean human;

  @Option(names = "-s", description = "Only the sum.")
  private boolean sum;

  @Mixin private ReadMixin read;

  private Staleness staleness;

  @Override
  protected void check() {
    read.check();
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    ReadOptions options = read.options(address().configuration());
    staleness = new Staleness(output());
    if (sum) {
      print(bytes(client.count(path.toString(), options)), path.toString());
      return ExitCodes.OK;
    }
    new Listing(client, path, staleness)
        .forEachPage(
            ListOptions.DEFAULT.withRead(options),
            entries -> {
              for (int i = 0; i < entries.size(); i += WINDOW) {
                printEntries(
                    client, options, entries.subList(i, Math.min(i + WINDOW, entries.size())));
              }
              output().flush();
            });
    return ExitCodes.OK;
  }

  private void printEntries(MetadataClient client, ReadOptions options, List<Entry> entries) {
    Map<String, CompletableFuture<Answer<CountResult>>> counts = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.status().getKind() == InodeKind.DIRECTORY) {
        counts.put(entry.path(), client.async().count(entry.path(), options));
      }
    }
    for (Entry entry : entries) {
      CompletableFuture<Answer<CountResult>> count = counts.get(entry.path());
      if (count == null) {
        print(entry.status().getSize(), entry.path());
      } else {
        answer(count).ifPresent(answer -> print(bytes(answer), entry.path()));
      }
    }
  }

  /** Empty if the directory has gone since it was listed. */
  private static Optional<Answer<CountResult>> answer(
      CompletableFuture<Answer<CountResult>> count) {
    try {
      return Optional.of(count.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof MetadataException cause && cause.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private long bytes(Answer<CountResult> count) {
    staleness.look(count.served());
    return count.value().getBytes();
  }

  private void print(long bytes, String path) {
    if (json()) {
      output().json(Json.object().put("path", path).put("bytes", bytes));
    } else {
      output()
          .line(
              String.format("%-14s %s", SizeText.of(bytes, human), ListingFormat.printable(path)));
    }
  }
}

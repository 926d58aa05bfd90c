package io.cadastre.cli.fs;

import io.cadastre.cli.base.Confirmation;
import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "rm",
    description = {
      "Delete a file, an empty directory, or with -R a directory with all that is below it.",
      "On a writable mount it is deleted in the store, too. Asks first, before anything is deleted:"
          + " about more than 1,000 entries, and with -R --unchecked on a mount always, since the"
          + " store may hold more than is known."
    })
final class RmCommand extends EachPathCommand {
  /** Above this many entries the user is asked. */
  static final long ASK_ABOVE_ENTRIES = 1_000;

  @Option(names = "-R", description = "A directory with all that is below it.")
  private boolean recursive;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--cadastre-only",
      description = "Forget it here and leave the store alone; a later sync finds it again.")
  private boolean cadastreOnly;

  @Option(names = "--unchecked", description = "Do not compare the subtree with its store first.")
  private boolean unchecked;

  /** The inodes that the user has agreed to delete. */
  private final Map<NamespacePath, Long> agreed = new HashMap<>();

  @Override
  protected void ask(MetadataClient client, NamespacePath path) {
    if (recursive && !yes) {
      agreed.put(path, confirm(client, path));
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    DeleteOptions options =
        DeleteOptions.DEFAULT
            .withRecursive(recursive)
            .withCadastreOnly(cadastreOnly)
            .withUnchecked(unchecked)
            .withInodeId(agreed.getOrDefault(path, 0L));
    client.delete(path.toString(), options);
    if (json()) {
      output().json(Json.object().put("path", path).put("deleted", true));
    }
    return ExitCodes.OK;
  }

  /** Returns the inode that the user has agreed to delete; 0, for any, if there was no question. */
  private long confirm(MetadataClient client, NamespacePath path) {
    CountResult count = client.count(path.toString()).value();
    boolean many = count.getFiles() + count.getDirectories() > ASK_ABOVE_ENTRIES;
    boolean mayHoldMore = unchecked && !cadastreOnly;
    if (!many && !mayHoldMore) {
      return 0;
    }
    FileStatus status = client.getStatus(path.toString()).value();
    mayHoldMore &= status.getKind() == InodeKind.DIRECTORY && !status.getStoreUri().isEmpty();
    if (!many && !mayHoldMore) {
      return 0;
    }
    Confirmation.require(
        context().environment(),
        false,
        path
            + " has "
            + SizeText.count(count.getFiles())
            + " files and "
            + SizeText.count(count.getDirectories())
            + " directories"
            + (mayHoldMore ? " that are known, and whatever else its store holds" : "")
            + (cadastreOnly ? " (the store keeps them)" : "")
            + ". Delete all of it?");
    return status.getId();
  }
}

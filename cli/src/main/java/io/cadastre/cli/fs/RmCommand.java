package io.cadastre.cli.fs;

import io.cadastre.cli.base.Confirmation;
import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "rm",
    description = {
      "Delete a file, an empty directory, or with -R a directory with all that is below it.",
      "On a writable mount it is deleted in the store, too. More than 1,000 entries: asks first."
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

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    DeleteOptions options =
        DeleteOptions.DEFAULT
            .withRecursive(recursive)
            .withCadastreOnly(cadastreOnly)
            .withUnchecked(unchecked);
    if (recursive && !yes) {
      options = options.withInodeId(confirm(client, path));
    }
    client.delete(path.toString(), options);
    if (json()) {
      output().json(Json.object().put("path", path).put("deleted", true));
    }
    return ExitCodes.OK;
  }

  /** Returns the inode that the user has agreed to delete; 0, for any, if there was no question. */
  private long confirm(MetadataClient client, NamespacePath path) {
    CountResult count = client.count(path.toString()).value();
    long entries = count.getFiles() + count.getDirectories();
    if (entries <= ASK_ABOVE_ENTRIES) {
      return 0;
    }
    long inode = client.getStatus(path.toString()).value().getId();
    Confirmation.require(
        context().environment(),
        false,
        path
            + " has "
            + SizeText.count(count.getFiles())
            + " files and "
            + SizeText.count(count.getDirectories())
            + " directories"
            + (cadastreOnly ? " (the store keeps them)" : "")
            + ". Delete all of it?");
    return inode;
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.format.ModeChange;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "chmod",
    description =
        "Change permission bits: octal (750) or symbolic (u+rwx,go-w); symbolic modes without u, g"
            + " or o are for all three.")
final class ChmodCommand extends ChangeCommand {
  /** How often a symbolic change starts again because the inode has changed meanwhile. */
  private static final int ATTEMPTS = 10;

  @Parameters(
      index = "0",
      paramLabel = "MODE",
      converter = Converters.Symbolic.class,
      description = "Octal digits, or clauses such as u+x,o=.")
  private ModeChange mode;

  @Override
  void change(MetadataClient client, String path) {
    if (!mode.needsCurrentMode()) {
      client.setAttributes(path, AttributeChanges.NONE.mode(mode.apply(0, false)));
      return;
    }
    for (int attempt = 1; ; attempt++) {
      FileStatus status = client.getStatus(path).value();
      int changed = mode.apply(status.getMode(), status.getKind() == InodeKind.DIRECTORY);
      if (changed == status.getMode()) {
        return;
      }
      try {
        client.setAttributes(
            path, AttributeChanges.NONE.mode(changed).ifChangeIndex(status.getChangeIndex()));
        return;
      } catch (MetadataException e) {
        if (e.code() != ErrorCode.INODE_CHANGED || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}

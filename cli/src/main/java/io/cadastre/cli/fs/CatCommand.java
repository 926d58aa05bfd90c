package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.path.NamespacePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

@Command(
    name = "cat",
    description = {
      "Print the bytes of files, straight from their store.",
      "The store must be a file system that this machine has too (file: mounts)."
    })
final class CatCommand extends EachPathCommand {
  @Override
  protected void check() {
    if (json()) {
      throw CliFailure.usage("`fs cat` prints bytes as they are and has no --json form");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    FileStatus status = client.getStatus(path.toString()).value();
    Path file = StoreFiles.readable(path, status);
    long bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = output().bytes(in);
    } catch (IOException e) {
      throw StoreFiles.failed("Cannot read " + path, e);
    }
    if (bytes != status.getSize()) {
      output()
          .note(
              String.format(
                  "%s: %,d bytes in the store, %,d were known; `cadastre fs load-metadata -F` looks"
                      + " again",
                  path, bytes, status.getSize()));
    }
    return ExitCodes.OK;
  }
}

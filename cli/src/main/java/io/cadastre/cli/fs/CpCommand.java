package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description = {
      "Copy one file. SOURCE and DESTINATION are paths of the namespace, or file:PATH for a file of"
          + " this machine; the destination is the new path itself, and nothing may be there.",
      "Bytes go straight between this machine and the store, which must be a file system that this"
          + " machine has too (file: mounts). A file that could not be copied whole is removed"
          + " again, also after Ctrl-C or TERM."
    })
final class CpCommand extends ClusterCommand {
  private static final int STEP_BYTES = 1 << 20;

  /** A command that is told to end waits no longer than this for a master. */
  private static final Duration FORGET_TIMEOUT = Duration.ofSeconds(5);

  @Option(names = "-p", description = "Make missing directories above the destination.")
  private boolean parents;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      converter = CopyEnd.Converter.class,
      description = "Absolute path, or file:PATH.")
  private CopyEnd source;

  @Parameters(
      index = "1",
      paramLabel = "DESTINATION",
      converter = CopyEnd.Converter.class,
      description = "Absolute path, or file:PATH.")
  private CopyEnd destination;

  @Override
  protected void check() {
    if (source.isLocal() && destination.isLocal()) {
      throw CliFailure.usage("Both are files of this machine; `cp` without Cadastre copies those");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    long bytes;
    try (FileChannel from = FileChannel.open(sourceFile(client))) {
      bytes = destination.isLocal() ? toThisMachine(from) : toStore(client, from);
    } catch (IOException e) {
      throw StoreFiles.failed("Cannot read " + source.text(), e);
    }
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("source", source.text())
                  .put("destination", destination.text())
                  .put("bytes", bytes));
    }
    return ExitCodes.OK;
  }

  private Path sourceFile(MetadataClient client) {
    if (!source.isLocal()) {
      return StoreFiles.readable(source.path(), client.getStatus(source.path().toString()).value());
    }
    if (Files.isDirectory(source.local())) {
      throw CliFailure.usage(source.text() + " is a directory; `fs cp` copies one file");
    }
    return source.local();
  }

  private long toThisMachine(FileChannel from) {
    Path parent = destination.local().toAbsolutePath().getParent();
    if (parents && parent != null) {
      try {
        Files.createDirectories(parent);
      } catch (IOException e) {
        throw StoreFiles.failed("Cannot make " + parent, e);
      }
    }
    try (Unfinished begun = new Unfinished()) {
      long bytes = copy(from, destination.local(), begun);
      begun.keep();
      return bytes;
    }
  }

  private long toStore(MetadataClient client, FileChannel from) {
    NamespacePath path = destination.path();
    long inodeId;
    long bytes;
    try (Unfinished begun = new Unfinished()) {
      Done made =
          client.createFile(path.toString(), FileOptions.DEFAULT.withParents(parents)).value();
      inodeId = made.getInodeId();
      begun.add(() -> forget(client.withTimeout(FORGET_TIMEOUT), path, inodeId));
      bytes = copy(from, StoreFiles.at(path, made.getStoreUri()), begun);
      begun.keep();
    }
    complete(client, path, inodeId);
    return bytes;
  }

  private void complete(MetadataClient client, NamespacePath path, long inodeId) {
    try {
      client.completeFile(path.toString(), CompleteOptions.DEFAULT.withInodeId(inodeId));
    } catch (MetadataException e) {
      output()
          .note(
              "All bytes of "
                  + path
                  + " are in its store. If it is not complete, this completes it: cadastre fs"
                  + " complete --id "
                  + inodeId
                  + " "
                  + path);
      throw e;
    }
  }

  /** The store is left alone: what is there under this name may be another program's. */
  private void forget(MetadataClient client, NamespacePath path, long inodeId) {
    try {
      client.delete(
          path.toString(), DeleteOptions.DEFAULT.withCadastreOnly(true).withInodeId(inodeId));
    } catch (MetadataException e) {
      output()
          .note(
              path
                  + " stays, not complete, until it expires or is removed with `cadastre fs rm`: "
                  + e.getMessage());
    }
  }

  /** Copies into a new file, to its disk. */
  private long copy(FileChannel from, Path file, Unfinished begun) {
    try (FileChannel to =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      begun.add(() -> remove(file));
      long done = copy(from, to);
      to.force(true);
      return done;
    } catch (IOException e) {
      throw StoreFiles.failed("Cannot copy " + source.text() + " to " + destination.text(), e);
    } finally {
      output().clearProgress();
    }
  }

  /** Reads up to the end, wherever that is: a pipe has no size, a file under /proc says 0. */
  private long copy(FileChannel from, FileChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(STEP_BYTES);
    String size = from.size() > 0 ? " of " + SizeText.human(from.size()) : "";
    long done = 0;
    while (from.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        done += to.write(buffer);
      }
      buffer.clear();
      output().progress(SizeText.human(done) + size);
    }
    return done;
  }

  private void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      output().note("A part of it stays at " + file + ": " + e.getMessage());
    }
  }
}

package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.IoErrors;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who this storage belongs to: written by `journal format`, checked at each start. A master never
 * makes one by itself: an empty disk under a known name has lost its votes and its log, and must
 * not vote as if it had not.
 *
 * @param clusterId the Raft group
 * @param nodeName this member
 * @param incarnation tells apart two lives of one name
 * @param joined whether the node has started before, so that its log must be there
 */
public record NodeIdentity(UUID clusterId, String nodeName, UUID incarnation, boolean joined) {
  /** File in the storage directory. */
  public static final String FILE = "identity.properties";

  private static final String VERSION = "1";

  // What a master keeps in its storage; its directories are named by StorageDirectory.
  private static final Set<String> PARTS =
      Set.of(
          FILE, FILE + ".tmp", StorageLock.FILE, "raft", "store", "spill", "native", "lost+found");

  private static final Set<String> KEPT = Set.of(StorageLock.FILE, "lost+found");

  // As in the configuration; such a name needs no escaping in the file.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * Prepares an empty storage directory for a member of a cluster.
   *
   * @throws MetadataException ALREADY_EXISTS if it holds anything, unless {@code wipe}
   */
  public static NodeIdentity format(Path named, String nodeName, UUID clusterId, boolean wipe) {
    if (!NAME.matcher(nodeName).matches()) {
      throw MetadataException.invalid(
          "name", "a master's name has 1 to 64 letters, digits, '-' and '_', got: " + nodeName);
    }
    Path storage = named;
    try {
      if (Files.exists(named)) {
        // What is named may be a link, behind which a walk would not go.
        storage = named.toRealPath();
        if (!wipe && !contents(storage).isEmpty()) {
          throw new MetadataException(
                  ErrorCode.ALREADY_EXISTS,
                  "The storage directory is not empty; formatting it would destroy what it"
                      + " holds. Pass --yes to do so")
              .with("directory", storage);
        }
        // First what says that the rest is whole: a half-deleted storage must not start.
        if (Files.deleteIfExists(storage.resolve(FILE))) {
          sync(storage);
        }
        for (Path part : contents(storage)) {
          delete(part);
        }
      }
      Files.createDirectories(storage);
      NodeIdentity identity = new NodeIdentity(clusterId, nodeName, UUID.randomUUID(), false);
      identity.write(storage);
      return identity;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot format " + storage, e);
    }
  }

  /**
   * Refuses a directory that somebody else uses: formatting deletes what is in it.
   *
   * @throws MetadataException ALREADY_EXISTS if anything in it is no part of a storage,
   *     NOT_A_DIRECTORY
   */
  public static void requireStorageOrNothing(Path storage) {
    if (!Files.exists(storage)) {
      return;
    }
    requireNoFile(storage);
    try (Stream<Path> files = Files.list(storage)) {
      Optional<Path> foreign =
          files.filter(file -> !PARTS.contains(file.getFileName().toString())).sorted().findFirst();
      if (foreign.isPresent()) {
        throw new MetadataException(
                ErrorCode.ALREADY_EXISTS,
                "The directory holds what is no storage of a master, and formatting deletes all that"
                    + " is in it. Nothing was deleted; name another directory, or empty it yourself")
            .with("directory", storage)
            .with("found", foreign.get().getFileName());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + storage, e);
    }
  }

  private static void requireNoFile(Path storage) {
    if (Files.exists(storage) && !Files.isDirectory(storage)) {
      throw new MetadataException(
              ErrorCode.NOT_A_DIRECTORY,
              "The storage of a master is a directory, and what is there is no directory")
          .with("directory", storage);
    }
  }

  /**
   * What a storage holds that formatting deletes: not the file of the lock, which whoever formats
   * holds, and not what every file system has at its root, and only root may open.
   */
  private static List<Path> contents(Path storage) throws IOException {
    try (Stream<Path> files = Files.list(storage)) {
      return files.filter(file -> !KEPT.contains(file.getFileName().toString())).sorted().toList();
    }
  }

  private static void delete(Path part) throws IOException {
    try (Stream<Path> all = Files.walk(part)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Reads and checks the identity of a storage directory.
   *
   * @throws MetadataException if there is none, it is damaged, or it belongs to another node
   */
  public static NodeIdentity load(Path storage, String expectedName) {
    NodeIdentity identity = read(storage);
    if (!identity.nodeName().equals(expectedName)) {
      throw new MetadataException(
              ErrorCode.INVALID_ARGUMENT, "The storage directory belongs to another master")
          .with("directory", storage)
          .with("belongs", identity.nodeName())
          .with("configured", expectedName);
    }
    return identity;
  }

  /**
   * Reads the identity of a storage directory, whoever it belongs to.
   *
   * @throws MetadataException if there is none or it is damaged
   */
  public static NodeIdentity read(Path storage) {
    Path file = storage.resolve(FILE);
    requireNoFile(storage);
    if (Files.isDirectory(storage) && !Files.isExecutable(storage)) {
      throw new MetadataException(
              ErrorCode.PERMISSION_DENIED,
              "The storage directory cannot be entered; it must belong to the user who runs the master")
          .with("directory", storage)
          .with("user", System.getProperty("user.name"));
    }
    if (!Files.exists(file)) {
      throw new MetadataException(
              ErrorCode.INVALID_ARGUMENT,
              "The storage directory has no identity. For a new cluster run `cadastre journal"
                  + " format` first. If this master has lost its disk, do not format it under its"
                  + " old name: see \"Lost disk\" in docs/operations.md")
          .with("directory", storage);
    }
    Properties properties = new Properties();
    try (Reader in = new StringReader(Files.readString(file))) {
      properties.load(in);
      if (!VERSION.equals(properties.getProperty("version"))) {
        throw new MetadataException(
                ErrorCode.CORRUPT,
                "The identity file has a version that this release does not know")
            .with("file", file)
            .with("version", properties.getProperty("version"));
      }
      return new NodeIdentity(
          UUID.fromString(required(properties, "cluster-id", file)),
          required(properties, "node", file),
          UUID.fromString(required(properties, "incarnation", file)),
          truth(required(properties, "joined", file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new MetadataException(
              ErrorCode.CORRUPT, "The identity file cannot be read: " + text(e), e)
          .with("file", file);
    }
  }

  private static String text(Exception failure) {
    return failure instanceof IOException io ? IoErrors.text(io) : failure.getMessage();
  }

  private static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("joined must be true or false, not " + text);
    }
    return text.equals("true");
  }

  private static String required(Properties properties, String key, Path file) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new MetadataException(ErrorCode.CORRUPT, "The identity file lacks a line")
          .with("file", file)
          .with("key", key);
    }
    return value;
  }

  /** Notes on disk that the node has joined: from now on its log must be there at each start. */
  public NodeIdentity markJoined(Path storage) {
    NodeIdentity joinedIdentity = new NodeIdentity(clusterId, nodeName, incarnation, true);
    try {
      joinedIdentity.write(storage);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the identity in " + storage, e);
    }
    return joinedIdentity;
  }

  private void write(Path storage) throws IOException {
    StringWriter text = new StringWriter();
    text.write(
        "# Who this storage belongs to. Written by `cadastre journal format`; do not edit or"
            + " copy.\n");
    text.write("version=" + VERSION + "\n");
    text.write("cluster-id=" + clusterId + "\n");
    text.write("node=" + nodeName + "\n");
    text.write("incarnation=" + incarnation + "\n");
    text.write("joined=" + joined + "\n");
    Path temporary = storage.resolve(FILE + ".tmp");
    Files.writeString(temporary, text.toString(), StandardCharsets.UTF_8);
    sync(temporary);
    Files.move(
        temporary,
        storage.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync(storage);
  }

  /** Forces a file, or the names in a directory, to the disk. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

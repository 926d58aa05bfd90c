package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
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
import java.util.Properties;
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

  // As in the configuration; such a name needs no escaping in the file.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * Prepares an empty storage directory for a member of a cluster.
   *
   * @throws MetadataException ALREADY_EXISTS if it holds anything, unless {@code wipe}
   */
  public static NodeIdentity format(Path storage, String nodeName, UUID clusterId, boolean wipe) {
    if (!NAME.matcher(nodeName).matches()) {
      throw MetadataException.invalid(
          "name", "a master's name has 1 to 64 letters, digits, '-' and '_', got: " + nodeName);
    }
    try {
      if (Files.exists(storage)) {
        try (Stream<Path> files = Files.list(storage)) {
          if (files.anyMatch(file -> !isLock(storage, file)) && !wipe) {
            throw new MetadataException(
                    ErrorCode.ALREADY_EXISTS,
                    "The storage directory is not empty; formatting it would destroy what it"
                        + " holds. Pass --yes to do so")
                .with("directory", storage);
          }
        }
        // First what says that the rest is whole: a half-deleted storage must not start.
        if (Files.deleteIfExists(storage.resolve(FILE))) {
          sync(storage);
        }
        deleteContents(storage);
      }
      Files.createDirectories(storage);
      NodeIdentity identity = new NodeIdentity(clusterId, nodeName, UUID.randomUUID(), false);
      identity.write(storage);
      return identity;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot format " + storage, e);
    }
  }

  /** The lock's file stays: whoever formats holds the lock. */
  private static boolean isLock(Path storage, Path file) {
    return file.equals(storage.resolve(StorageLock.FILE));
  }

  private static void deleteContents(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(directory) && !isLock(directory, path)) {
          Files.delete(path);
        }
      }
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
              ErrorCode.CORRUPT, "The identity file cannot be read: " + e.getMessage(), e)
          .with("file", file);
    }
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

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

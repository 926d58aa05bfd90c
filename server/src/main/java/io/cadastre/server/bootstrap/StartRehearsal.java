package io.cadastre.server.bootstrap;

import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.net.FreePorts;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.server.rpc.RehearsalCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Starts a cluster of its own in a temporary directory, twice: empty, and with what it has written
 * by then. Each time it waits until a master leads, calls it, and stops all of them. For the JVM:
 * with `-XX:ArchiveClassesAtExit` it then stores the classes that a master loads, those for votes
 * and for the log of other members among them, and masters that are started with that file need
 * half the processor time until they serve.
 */
public final class StartRehearsal {
  private static final int MASTERS = 3;
  private static final int ROUNDS = 2;
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final long PAUSE_NANOS = 50_000_000L;

  /** One of the masters: its configuration's file, and where it listens. */
  private record Part(Path file, int rpcPort, int httpPort) {}

  private StartRehearsal() {}

  /**
   * Exit code 0 if a master led each time. Touches nothing but the directory for temporary files.
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("cadastre-rehearsal-");
    int led = 0;
    try {
      List<Part> parts = parts(directory);
      while (led < ROUNDS && rehearse(parts, led)) {
        led++;
      }
    } finally {
      delete(directory);
      System.exit(led == ROUNDS ? 0 : 1);
    }
  }

  private static List<Part> parts(Path directory) throws IOException {
    List<Integer> ports = FreePorts.find(3 * MASTERS);
    UUID cluster = UUID.randomUUID();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      members.add(
          "m%d=127.0.0.1:%d:%d:%d"
              .formatted(i, ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      String name = "m" + i;
      Path storage = directory.resolve(name);
      NodeIdentity.format(storage, name, cluster, false);
      Path file = directory.resolve(name + ".properties");
      Files.write(
          file,
          List.of(
              ConfigKeys.MASTER_NAME.name() + "=" + name,
              ConfigKeys.MASTER_STORAGE_DIR.name() + "=" + storage,
              ConfigKeys.CLUSTER_MEMBERS.name() + "=" + String.join(",", members)));
      parts.add(new Part(file, ports.get(3 * i + 1), ports.get(3 * i + 2)));
    }
    return parts;
  }

  private static boolean rehearse(List<Part> parts, int round) throws IOException {
    List<MasterServer> servers = new ArrayList<>();
    try {
      for (Part part : parts) {
        MasterServer server =
            new MasterServer(
                ConfigurationLoader.load(ConfigScope.MASTER, part.file(), Map.of()),
                (reason, cause) -> {
                  throw new IllegalStateException(reason, cause);
                });
        servers.add(server);
        server.start();
      }
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (System.nanoTime() - end < 0) {
        for (Part part : parts) {
          if (leads(part)) {
            RehearsalCalls.make(part.rpcPort(), round);
            return true;
          }
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      return false;
    } finally {
      servers.forEach(MasterServer::close);
    }
  }

  private static boolean leads(Part part) throws IOException {
    URI health = URI.create("http://127.0.0.1:" + part.httpPort() + "/health/leader");
    return ((HttpURLConnection) health.toURL().openConnection()).getResponseCode()
        == HttpURLConnection.HTTP_OK;
  }

  private static void delete(Path top) {
    try (Stream<Path> all = Files.walk(top)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + top, e);
    }
  }
}

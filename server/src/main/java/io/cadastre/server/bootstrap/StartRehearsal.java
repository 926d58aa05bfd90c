package io.cadastre.server.bootstrap;

import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.net.FreePorts;
import io.cadastre.journal.raft.NodeIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Starts a master of its own in a temporary directory, waits until it leads, stops it and ends. For
 * the JVM: with `-XX:ArchiveClassesAtExit` it then stores the classes that a master loads, and
 * masters that are started with that file need half the processor time until they serve.
 */
public final class StartRehearsal {
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final long PAUSE_NANOS = 50_000_000L;

  private StartRehearsal() {}

  /** Exit code 0 if the master led. Touches nothing but the directory for temporary files. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("cadastre-rehearsal-");
    boolean led = false;
    try {
      led = rehearse(directory);
    } finally {
      delete(directory);
      System.exit(led ? 0 : 1);
    }
  }

  private static boolean rehearse(Path directory) throws IOException {
    List<Integer> ports = FreePorts.find(3);
    Path storage = directory.resolve("data");
    NodeIdentity.format(storage, "rehearsal", UUID.randomUUID(), false);
    Map<String, String> settings = new HashMap<>();
    settings.put(ConfigKeys.MASTER_NAME.name(), "rehearsal");
    settings.put(ConfigKeys.MASTER_STORAGE_DIR.name(), storage.toString());
    settings.put(
        ConfigKeys.CLUSTER_MEMBERS.name(),
        "rehearsal=127.0.0.1:" + ports.get(0) + ":" + ports.get(1) + ":" + ports.get(2));
    Configuration configuration = ConfigurationLoader.load(ConfigScope.MASTER, settings);
    try (MasterServer server =
        new MasterServer(
            configuration,
            (reason, cause) -> {
              throw new IllegalStateException(reason, cause);
            })) {
      server.start();
      return leads(URI.create("http://127.0.0.1:" + ports.get(2) + "/health/leader"));
    }
  }

  private static boolean leads(URI health) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() - end < 0) {
      HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
      if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
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

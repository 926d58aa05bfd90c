package io.cadastre.server.testing;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.net.FreePorts;
import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.bootstrap.MasterInside;
import io.cadastre.server.bootstrap.MasterServer;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * A whole master, the only one of its cluster, on free ports and in a directory of the test: real
 * Raft log, real store, real wire. {@link #restart} makes a new leader of it, in a new term. Used
 * by one thread.
 */
public final class TestMaster implements AutoCloseable {
  private final Path directory;
  private final UnderFileSystems stores;
  private final Map<String, String> settings = new HashMap<>();
  private final int rpcPort;
  private final int httpPort;
  private LongSupplier diskSpace = () -> Long.MAX_VALUE;
  private Failpoints failpoints = Failpoints.NONE;
  private TimeSource clusterTime = TimeSource.system();
  private MasterServer server;
  private MetadataClient client;

  private TestMaster(Path directory, UnderFileSystems stores) {
    this.directory = directory;
    this.stores = stores;
    List<Integer> ports = FreePorts.find(3);
    this.rpcPort = ports.get(1);
    settings.put("cadastre.master.name", "m1");
    settings.put("cadastre.master.storage.dir", directory.resolve("data").toString());
    settings.put(
        "cadastre.cluster.members",
        "m1=127.0.0.1:" + ports.get(0) + ":" + ports.get(1) + ":" + ports.get(2));
    settings.put("cadastre.master.http.enabled", "false");
    this.httpPort = ports.get(2);
    settings.put("cadastre.master.raft.election.timeout.min", "100ms");
    settings.put("cadastre.master.raft.election.timeout.max", "200ms");
    settings.put("cadastre.master.raft.segment.size", "1MB");
    settings.put("cadastre.security.superuser", "admin");
  }

  /** A master that is not started yet, with the stores of the class path. */
  public static TestMaster in(Path directory) {
    return new TestMaster(directory, new UnderFileSystems());
  }

  /** As above, with these stores. */
  public static TestMaster in(Path directory, UnderFileSystems stores) {
    return new TestMaster(directory, stores);
  }

  /** Sets a key of the configuration, from the next start on. */
  public TestMaster with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** With all of these settings. */
  public TestMaster with(Map<String, String> more) {
    more.forEach(this::with);
    return this;
  }

  /** What happens at failpoints, from the next start on. */
  public TestMaster withFailpoints(Failpoints newFailpoints) {
    failpoints = newFailpoints;
    return this;
  }

  /** What the disk has left, in bytes, from the next start on. */
  public TestMaster withDiskSpace(LongSupplier bytes) {
    diskSpace = bytes;
    return this;
  }

  /** What cluster time follows, from the next start on. */
  public TestMaster withClusterTime(TimeSource time) {
    clusterTime = time;
    return this;
  }

  /** With its HTTP port, from the next start on. */
  public TestMaster withHttp() {
    return with("cadastre.master.http.enabled", "true");
  }

  /** What its HTTP port answers. */
  public String http(String path) {
    try (InputStream in = URI.create("http://127.0.0.1:" + httpPort + path).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens its ports; clients find it once it leads. */
  public TestMaster start() {
    format();
    Configuration configuration = ConfigurationLoader.load(ConfigScope.MASTER, settings);
    server =
        MasterInside.master(
            configuration,
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            },
            stores,
            failpoints,
            diskSpace,
            clusterTime);
    server.start();
    return this;
  }

  private void format() {
    Path data = directory.resolve("data");
    Path identity = data.resolve("identity.properties");
    if (!Files.exists(identity)) {
      try {
        Files.createDirectories(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      write(
          identity,
          Map.of(
              "version", "1",
              "cluster-id", UUID.randomUUID().toString(),
              "node", "m1",
              "incarnation", UUID.randomUUID().toString(),
              "joined", "false"));
    }
  }

  private static void write(Path file, Map<String, String> properties) {
    List<String> lines = new ArrayList<>();
    properties.forEach((key, value) -> lines.add(key + "=" + value));
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client of the super-user; the fixture closes it. */
  public MetadataClient client() {
    if (client == null) {
      client =
          MetadataClient.builder()
              .masters("127.0.0.1:" + rpcPort)
              .user("admin")
              .callTimeout(Duration.ofSeconds(20))
              .build();
    }
    return client;
  }

  /** Journals records of the test's own, and waits until they are applied. */
  public void journal(List<JournalRecord> records) {
    MasterInside.journal(server, records);
  }

  /** Its newest state; whoever takes it closes it. */
  public AppliedView view() {
    return MasterInside.view(server);
  }

  /** State index of the newest applied entry. */
  public long stateIndex() {
    return MasterInside.stateIndex(server);
  }

  public String address() {
    return "127.0.0.1:" + rpcPort;
  }

  /** Writes what {@link #start} would start with, for a process of its own. */
  public Path writeConfiguration(Path file) {
    write(file, settings);
    return file;
  }

  public Path directory() {
    return directory;
  }

  /** Stops the master; what is on its way is cut off. */
  public void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Stops and starts: a new leader in a new term. */
  public void restart() {
    stop();
    start();
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    stop();
  }
}

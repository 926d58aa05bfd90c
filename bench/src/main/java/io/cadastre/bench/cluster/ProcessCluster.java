package io.cadastre.bench.cluster;

import io.cadastre.cli.local.ClassArchive;
import io.cadastre.client.MetadataClient;
import io.cadastre.journal.raft.NodeIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masters of one cluster as processes of this machine, each with a directory of its own below one
 * directory. They end with this JVM at the latest. For one thread.
 */
public final class ProcessCluster implements AutoCloseable {
  private static final String MAIN = "io.cadastre.server.bootstrap.ServerMain";
  private static final int PORTS_PER_MASTER = 10;
  private static final Duration SERVES_WITHIN = Duration.ofSeconds(60);
  private static final long METRIC_PAUSE_MILLIS = 200;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path directory;
  private final ClassArchive archive = new ClassArchive(System.getProperty("java.class.path"));
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final List<String> jvmOptions;
  private final Map<String, String> configuration;

  /**
   * @param basePort the first of 10 ports for each master
   * @param jvmOptions of each master
   * @param configuration keys on top of those that make the cluster
   */
  public ProcessCluster(
      Path directory,
      int masters,
      int basePort,
      List<String> jvmOptions,
      Map<String, String> configuration) {
    this.directory = directory;
    this.jvmOptions = List.copyOf(jvmOptions);
    this.configuration = Map.copyOf(configuration);
    for (int i = 0; i < masters; i++) {
      ports.put("m" + (i + 1), basePort + PORTS_PER_MASTER * i);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-masters"));
  }

  /** Writes configurations and fresh storages. */
  public void format() throws IOException {
    UUID clusterId = UUID.randomUUID();
    for (String name : ports.keySet()) {
      Files.createDirectories(home(name).resolve("logs"));
      Files.createDirectories(home(name).resolve("tmp"));
      NodeIdentity.format(storage(name), name, clusterId, false);
      StringJoiner lines = new StringJoiner("\n", "", "\n");
      lines.add("cadastre.master.name=" + name);
      lines.add("cadastre.master.storage.dir=" + storage(name));
      lines.add("cadastre.cluster.members=" + members());
      configuration.forEach((key, value) -> lines.add(key + "=" + value));
      Files.writeString(home(name).resolve("cadastre.properties"), lines.toString());
    }
  }

  private String members() {
    StringJoiner members = new StringJoiner(",");
    ports.forEach(
        (name, port) ->
            members.add(name + "=127.0.0.1:" + port + ":" + (port + 1) + ":" + (port + 2)));
    return members.toString();
  }

  /** Starts all masters; does not wait for them. */
  public void start() throws IOException, InterruptedException {
    archive.prepare(logging());
    for (String name : ports.keySet()) {
      start(name);
    }
  }

  private static List<String> logging() {
    String file = System.getProperty("cadastre.bench.log4j", "");
    return file.isEmpty() ? List.of() : List.of("-Dlog4j2.configurationFile=" + file);
  }

  private void start(String name) throws IOException {
    Path home = home(name);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(archive.options());
    command.add("-Djava.io.tmpdir=" + home.resolve("tmp"));
    command.add("-Dcadastre.logs.dir=" + home.resolve("logs"));
    command.add("-Dcadastre.node=" + name);
    command.addAll(logging());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(List.of("--conf", home.resolve("cadastre.properties").toString()));
    command.replaceAll(word -> word.replace("@NODE@", name));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(home.resolve("logs/out.log").toFile()));
    builder.environment().put("LC_ALL", "C.UTF-8");
    processes.put(name, builder.start());
  }

  /**
   * Kills all masters at once, as a power cut of the processes would, and waits until they are
   * gone.
   */
  public void killAll() throws InterruptedException {
    processes.values().forEach(Process::destroyForcibly);
    for (Process process : processes.values()) {
      process.waitFor();
    }
  }

  /**
   * Waits until a leader serves and knows its root.
   *
   * @return how long that took
   * @throws IllegalStateException if a master ends, or none serves in time
   */
  public Duration awaitServing(MetadataClient client) {
    long start = System.nanoTime();
    client.withTimeout(SERVES_WITHIN).getStatus("/");
    processes.forEach(
        (name, process) -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(
                "Master " + name + " has ended; see " + home(name).resolve("logs"));
          }
        });
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Addresses for clients. */
  public List<String> addresses() {
    return ports.values().stream().map(port -> "127.0.0.1:" + (port + 1)).toList();
  }

  /** Where this master answers HTTP. */
  public String httpAddress(String name) {
    return "127.0.0.1:" + (ports.get(name) + 2);
  }

  public List<String> names() {
    return List.copyOf(ports.keySet());
  }

  /**
   * Waits until a metric without labels has this value on every master.
   *
   * @throws IllegalStateException if it does not within this time
   */
  public void awaitMetric(String name, double value, Duration atMost)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (String master : names()) {
      for (double seen = metric(master, name); seen != value; seen = metric(master, name)) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException(master + " has " + name + " " + seen + " still");
        }
        TimeUnit.MILLISECONDS.sleep(METRIC_PAUSE_MILLIS);
      }
    }
  }

  /**
   * A metric without labels.
   *
   * @param name as in /metrics
   * @throws IllegalStateException if the master has none of this name
   */
  public double metric(String master, String name) throws IOException, InterruptedException {
    HttpRequest metrics =
        HttpRequest.newBuilder(URI.create("http://" + httpAddress(master) + "/metrics")).build();
    Matcher found =
        Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE)
            .matcher(http.send(metrics, BodyHandlers.ofString()).body());
    if (!found.find()) {
      throw new IllegalStateException(master + " has no metric " + name);
    }
    return Double.parseDouble(found.group(1));
  }

  public long pid(String name) {
    return processes.get(name).pid();
  }

  /** The master that leads now. */
  public String leader(MetadataClient client) {
    return client.admin().quorum().getLeader();
  }

  public Path storage(String name) {
    return home(name).resolve("data");
  }

  private Path home(String name) {
    return directory.resolve(name);
  }

  /** Stops what still runs. The directory stays. */
  @Override
  public void close() {
    processes.values().forEach(Process::destroyForcibly);
  }

  /** Removes a tree; nothing if it is not there. */
  public static void deleteTree(Path top) {
    if (!Files.exists(top)) {
      return;
    }
    try (var all = Files.walk(top)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + top, e);
    }
  }
}

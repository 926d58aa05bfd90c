package io.cadastre.bench.yardstick;

import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.load.LoadResult;
import io.cadastre.bench.report.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/** Three {@link RatisPeer} processes. For one thread. */
final class RatisAlone implements AutoCloseable {
  private final List<ChildProcess> peers = new ArrayList<>();
  private final ChildProcess leader;

  RatisAlone(Path directory, int basePort) throws IOException, InterruptedException {
    String group = UUID.randomUUID().toString();
    for (int i = 1; i <= 3; i++) {
      Path home = Files.createDirectories(directory.resolve("p" + i));
      List<String> arguments = new ArrayList<>(List.of(group, "p" + i, home.toString()));
      for (int j = 1; j <= 3; j++) {
        arguments.add("p" + j + "=" + (basePort + j));
      }
      peers.add(new ChildProcess(RatisPeer.class, arguments));
    }
    for (ChildProcess peer : peers) {
      peer.await("READY");
    }
    leader = findLeader();
  }

  private ChildProcess findLeader() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 300; attempt++) {
      for (ChildProcess peer : peers) {
        peer.send("ROLE");
        if (peer.await("ROLE").equals("LEADER")) {
          return peer;
        }
      }
      Thread.sleep(100);
    }
    throw new IOException("No Ratis peer was elected within 30 s");
  }

  /** Entries of this size, so many in flight. */
  Figure entries(int bytes, int inFlight, Duration time) throws IOException {
    long leaderBefore = ProcessUsage.cpuMicros(leader.pid());
    long allBefore = allMicros();
    leader.send("RUN " + bytes + " " + inFlight + " " + time.toMillis());
    String[] result = leader.await("RESULT").split(" ");
    long leaderMicros = ProcessUsage.cpuMicros(leader.pid()) - leaderBefore;
    long failed = Long.parseLong(result[1]);
    return Figure.of(
        "Ratis, entries of " + (bytes >= 1024 ? bytes / 1024 + " KiB" : bytes + " B"),
        inFlight,
        1,
        "entries",
        new LoadResult(
            Long.parseLong(result[0]),
            failed,
            failed == 0 ? Optional.empty() : Optional.of(new IOException("entries failed")),
            Long.parseLong(result[2]),
            new Histogram(1_000_000, 1)),
        leaderMicros,
        allMicros() - allBefore - leaderMicros,
        -1e9,
        ProcessUsage.loadAverage());
  }

  private long allMicros() {
    return peers.stream().mapToLong(peer -> ProcessUsage.cpuMicros(peer.pid())).sum();
  }

  @Override
  public void close() {
    peers.forEach(ChildProcess::close);
  }
}

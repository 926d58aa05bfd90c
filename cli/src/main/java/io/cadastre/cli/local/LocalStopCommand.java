package io.cadastre.cli.local;

import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.core.config.ClusterMember;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "stop",
    description =
        "Stop a local cluster: TERM, and KILL for masters that do not end in time. The data"
            + " stays.")
public final class LocalStopCommand extends LocalBase {
  private static final Duration TERM_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

  @Override
  protected ExitCodes run() throws InterruptedException {
    LocalDirectory directory = directory();
    LocalState state = LocalState.require(directory);
    try (LocalDirectory.Lock ignored = directory.lock();
        LocalCluster cluster = cluster(directory, state)) {
      List<ClusterMember> running =
          state.members().all().stream()
              .filter(member -> cluster.process(member).pid().isPresent())
              .toList();
      for (ClusterMember member : running) {
        MasterProcess process = cluster.process(member);
        process.signal(Signal.TERM);
        // A frozen process takes no notice of TERM until it is woken.
        process.signal(Signal.CONT);
      }
      List<ClusterMember> stubborn = cluster.awaitGone(running, timeoutOr(TERM_TIMEOUT));
      for (ClusterMember member : stubborn) {
        output().note(member.name() + " did not end by TERM; killing it");
        cluster.process(member).signal(Signal.KILL);
      }
      List<ClusterMember> left = cluster.awaitGone(stubborn, KILL_TIMEOUT);
      left.forEach(member -> output().note(member.name() + " still runs after KILL"));
      report(directory, running.size() - left.size());
      return left.isEmpty() ? ExitCodes.OK : ExitCodes.INTERNAL;
    }
  }

  private void report(LocalDirectory directory, int stopped) {
    if (json()) {
      output().json(Json.object().put("dir", directory.path()).put("stopped", stopped));
    } else {
      output().line("Stopped " + stopped + " masters; the data stays in " + directory.path() + ".");
    }
  }
}

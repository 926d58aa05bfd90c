package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.core.config.ClusterMember;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "kill",
    description = "Send a signal to a master of a local cluster: by default 9, as a crash.")
public final class LocalKillCommand extends LocalBase {
  private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  /** Exactly one of both. */
  private static final class Target {
    @Option(names = "--leader", description = "The master that leads now.")
    private boolean leader;

    @Option(names = "--master", paramLabel = "NAME", description = "The master of this name.")
    private String master;
  }

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(
      names = "--signal",
      paramLabel = "SIGNAL",
      defaultValue = "9",
      description = "9, TERM, STOP (freeze) or CONT (wake); default 9.")
  private String signal;

  @Override
  protected ExitCodes run() throws InterruptedException {
    Signal chosen = Signal.parse(signal);
    LocalDirectory directory = directory();
    LocalState state = LocalState.require(directory);
    try (LocalCluster cluster = cluster(directory, state)) {
      ClusterMember member = target.leader ? leader(cluster) : state.member(target.master);
      MasterProcess process = cluster.process(member);
      long pid =
          process
              .pid()
              .orElseThrow(
                  () ->
                      new CliFailure(
                          ExitCodes.CONFLICT, "Master " + member.name() + " does not run."));
      if (!process.signal(chosen)) {
        throw new CliFailure(
            ExitCodes.CONFLICT, "Master " + member.name() + " has just ended by itself.");
      }
      if (chosen == Signal.KILL) {
        // So that a start right after this finds it gone.
        cluster.awaitGone(List.of(member), END_TIMEOUT);
      }
      if (json()) {
        output()
            .json(
                Json.object()
                    .put("name", member.name())
                    .put("pid", pid)
                    .put("signal", chosen.name()));
      } else {
        output().line(member.name() + " (pid " + pid + "): sent " + chosen);
      }
    }
    return ExitCodes.OK;
  }

  private static ClusterMember leader(LocalCluster cluster) {
    return cluster.views().stream()
        .filter(MasterView::leads)
        .findFirst()
        .orElseThrow(
            () ->
                new CliFailure(
                    ExitCodes.UNAVAILABLE,
                    "No master leads now; see `cadastre local status`, or name one with"
                        + " --master."))
        .member();
  }
}

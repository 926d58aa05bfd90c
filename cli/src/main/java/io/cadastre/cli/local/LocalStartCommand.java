package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.core.config.ClusterMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

@Command(
    name = "start",
    description = {
      "Start a local cluster, made first if there is none in the directory, and wait until it"
          + " serves.",
      "Masters that run already stay as they are. -DKEY=VALUE is written to the configuration of"
          + " every master and takes effect when it starts. $$CADASTRE_MASTER_OPTS replaces the"
          + " memory and garbage collector flags of the masters' JVMs."
    })
public final class LocalStartCommand extends LocalBase {
  private static final int DEFAULT_MASTERS = 3;
  private static final int DEFAULT_BASE_PORT = 19_870;
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  @Option(
      names = "--base-port",
      paramLabel = "PORT",
      description =
          "First port of a new cluster (default 19870); each master takes three: Raft, client,"
              + " HTTP.")
  private Integer basePort;

  @Option(
      names = "--master",
      paramLabel = "NAME",
      description = "Start only this master of the cluster that is there.")
  private String master;

  /** Gives `--masters` the meaning that it has here: a number. */
  public static void defineMasters(CommandSpec spec) {
    spec.remove(spec.findOption("--masters"));
    spec.addOption(
        OptionSpec.builder("--masters")
            .paramLabel("N")
            .type(Integer.class)
            .description("Masters of a new cluster: 1, 3 or 5 (default 3).")
            .build());
  }

  /** Null if not given. */
  private Integer masters() {
    return spec().findOption("--masters").getValue();
  }

  @Override
  protected ExitCodes run() throws InterruptedException {
    if (context().options().conf() != null) {
      throw CliFailure.usage(
          "--conf: `local start` writes the configuration of its masters itself; give their"
              + " settings with -DKEY=VALUE");
    }
    LocalDirectory directory = directory();
    try (LocalDirectory.Lock ignored = directory.lock()) {
      LocalState state = prepare(directory);
      List<ClusterMember> chosen =
          master == null ? state.members().all() : List.of(state.member(master));
      try (LocalCluster cluster = cluster(directory, state)) {
        List<ClusterMember> started = startMissing(directory, cluster, chosen);
        rememberAsLast(directory);
        print(directory, state, cluster.awaitServing(started, timeoutOr(START_TIMEOUT)));
      }
    }
    return ExitCodes.OK;
  }

  private LocalState prepare(LocalDirectory directory) {
    LocalSetup setup = new LocalSetup(directory, context().journalTools());
    LocalState state = LocalState.load(directory).orElse(null);
    if (state == null) {
      if (master != null) {
        return LocalState.require(directory);
      }
      LocalState planned =
          LocalState.plan(
              UUID.randomUUID(),
              masters() == null ? DEFAULT_MASTERS : checkedMasters(masters()),
              basePort == null ? DEFAULT_BASE_PORT : basePort);
      planned.members().all().forEach(PortCheck::requireFree);
      return setup.create(planned, context().options().properties());
    }
    requireSame(directory, state);
    LocalState finished = setup.finish(state);
    setup.change(finished, context().options().properties());
    return finished;
  }

  private static int checkedMasters(int number) {
    if (number != 1 && number != 3 && number != 5) {
      throw CliFailure.usage("--masters: got " + number + "; expected 1, 3 or 5");
    }
    return number;
  }

  private void requireSame(LocalDirectory directory, LocalState state) {
    int there = state.members().size();
    int port = state.members().all().get(0).raftPort();
    if ((masters() != null && masters() != there) || (basePort != null && basePort != port)) {
      throw CliFailure.usage(
          directory.path()
              + " holds a cluster of "
              + there
              + " masters from port "
              + port
              + "; start it without --masters and --base-port, or make another one with --dir.");
    }
  }

  private List<ClusterMember> startMissing(
      LocalDirectory directory, LocalCluster cluster, List<ClusterMember> chosen)
      throws InterruptedException {
    List<ClusterMember> missing = new ArrayList<>();
    for (ClusterMember member : chosen) {
      switch (cluster.process(member).state()) {
        case GONE -> missing.add(member);
        case PAUSED ->
            output()
                .note(
                    member.name()
                        + " is paused; wake it with `cadastre local kill --master "
                        + member.name()
                        + " --signal CONT`");
        case RUNNING -> {}
      }
    }
    missing.forEach(PortCheck::requireFree);
    MasterLauncher launcher = launcher();
    ClassArchive archive = launcher.archive();
    if (!missing.isEmpty() && archive.isMissing()) {
      output()
          .note("Preparing fast starts of masters (a quarter of a minute, once for this build)");
      archive.prepare(launcher.logging());
    }
    missing.forEach(member -> launcher.start(directory.master(member.name())));
    return missing;
  }

  private MasterLauncher launcher() {
    return MasterLauncher.ofThisProcess(context().environment());
  }
}

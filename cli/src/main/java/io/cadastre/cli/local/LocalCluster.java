package io.cadastre.cli.local;

import io.cadastre.cli.base.CliContext;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClientFactory;
import io.cadastre.cli.base.ClusterAddress;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.NodeAnswer;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.Configuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A local cluster while a command works with it. For one thread. */
final class LocalCluster implements AutoCloseable {
  /** Between two looks at processes that are starting or stopping. */
  private static final long LOOK_MILLIS = 50;

  private static final int SHOWN_LINES = 15;

  private final LocalDirectory directory;
  private final LocalState state;
  private final MetadataClient client;

  LocalCluster(CliContext context, LocalDirectory directory, LocalState state) {
    this.directory = directory;
    this.state = state;
    this.client =
        ClientFactory.open(
            context,
            new ClusterAddress(
                state.members().all().stream().map(ClusterMember::rpc).toList(),
                directory.stateFile().toString(),
                Configuration.defaults()));
  }

  MasterProcess process(ClusterMember member) {
    return new MasterProcess(directory.master(member.name()));
  }

  /** All masters, in order; asks all that run at once, for a second at most. */
  List<MasterView> views() {
    Map<String, NodeInfo> answers = new HashMap<>();
    if (anyRunning()) {
      for (NodeAnswer answer : client.admin().nodeInfos()) {
        answer.info().ifPresent(info -> answers.put(answer.master(), info));
      }
    }
    List<MasterView> views = new ArrayList<>();
    for (ClusterMember member : state.members().all()) {
      // Whoever answers at the port must be the process that we mean, of the cluster that we mean.
      Optional<NodeInfo> info =
          Optional.ofNullable(answers.get(member.rpc().toString()))
              .filter(node -> node.getNode().equals(member.name()))
              .filter(node -> node.getClusterId().equals(state.clusterId().toString()));
      MasterProcess process = process(member);
      views.add(new MasterView(member, process.pid(), process.state(), info));
    }
    return views;
  }

  private boolean anyRunning() {
    return state.members().all().stream()
        .anyMatch(member -> process(member).state() == ProcessTable.State.RUNNING);
  }

  /**
   * Waits until a master leads and those that were just started answer.
   *
   * @throws CliFailure UNAVAILABLE if the time is over, or one that was started has ended; with the
   *     last lines it printed
   */
  List<MasterView> awaitServing(List<ClusterMember> started, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      List<MasterView> views = views();
      for (MasterView view : views) {
        if (started.contains(view.member()) && view.process() == ProcessTable.State.GONE) {
          throw ended(view.member());
        }
      }
      boolean leader = views.stream().anyMatch(MasterView::leads);
      boolean answered =
          views.stream().filter(view -> started.contains(view.member())).allMatch(MasterView::isUp);
      if ((leader || !quorumRuns(views)) && answered) {
        return views;
      }
      if (System.nanoTime() > deadline) {
        throw new CliFailure(
            ExitCodes.UNAVAILABLE,
            "No master leads after "
                + timeout.toSeconds()
                + " s. The masters still run; look at `cadastre local status` and at "
                + directory.path().resolve("*").resolve("logs")
                + ".");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Without one nobody can lead, and waiting for it would be in vain. */
  private static boolean quorumRuns(List<MasterView> views) {
    long running =
        views.stream().filter(view -> view.process() == ProcessTable.State.RUNNING).count();
    return running > views.size() / 2;
  }

  private CliFailure ended(ClusterMember member) {
    MasterDirectory master = directory.master(member.name());
    return new CliFailure(
        ExitCodes.UNAVAILABLE,
        "Master "
            + member.name()
            + " ended while it was starting. The last lines of "
            + master.outFile()
            + ":\n"
            + String.join("\n", master.lastLines(SHOWN_LINES)));
  }

  /** Waits until none of these runs; returns those that still do when the time is over. */
  List<ClusterMember> awaitGone(List<ClusterMember> members, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      List<ClusterMember> alive =
          members.stream().filter(member -> process(member).pid().isPresent()).toList();
      if (alive.isEmpty() || System.nanoTime() > deadline) {
        return alive;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}

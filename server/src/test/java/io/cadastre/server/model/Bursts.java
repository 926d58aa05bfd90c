package io.cadastre.server.model;

import io.cadastre.client.Answer;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.model.Step.Trouble;
import io.cadastre.server.model.Step.Via;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Many changes at once that do not depend on each other, with a sync beside them. Used by the run's
 * thread.
 */
final class Bursts {
  private final World world;
  private final Namespace namespace;
  private final Reads reads;
  private final Mutations mutations;
  private final Loads loads;

  Bursts(World world, Reads reads, Mutations mutations, Loads loads) {
    this.world = world;
    this.namespace = world.namespace;
    this.reads = reads;
    this.mutations = mutations;
    this.loads = loads;
  }

  void burst(Step.Burst step) {
    Step.Load load =
        step.synced().isEmpty() ? null : new Step.Load(step.synced(), true, true, Trouble.NONE, "");
    if (!isIndependent(step)) {
      // What was given up meanwhile makes them meet, or has something compared first.
      for (Change change : step.changes()) {
        world.history.note("   alone: " + change);
        mutations.mutate(new Step.Mutate(change, Via.CLIENT));
        world.marksAreOld();
      }
      if (load != null) {
        loads.load(load);
      }
      return;
    }
    List<Long> conditions = new ArrayList<>();
    for (Change change : step.changes()) {
      conditions.add(mutations.condition(change));
    }
    Aftermath aftermath = new Aftermath(world, reads);
    Namespace then = namespace.copy();
    List<Verdict> expected = step.changes().stream().map(then::apply).toList();
    CompletableFuture<Void> sync =
        load == null
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.runAsync(() -> loads.untilClean(load));
    List<CompletableFuture<Answer<Done>>> futures = new ArrayList<>();
    for (int i = 0; i < step.changes().size(); i++) {
      futures.add(
          world.client.submit(Requests.operation(step.changes().get(i), conditions.get(i))));
    }
    List<Aftermath.Sent> sent = new ArrayList<>();
    for (int i = 0; i < futures.size(); i++) {
      Change change = step.changes().get(i);
      OwnCalls.Answer answer = Answers.of(futures.get(i));
      if (answer.refusal().equals(Optional.of(ErrorCode.STORE_UNAVAILABLE))
          && !expected.get(i).storeDisagrees()) {
        answer = mutations.byClient(change, conditions.get(i));
      }
      sent.add(new Aftermath.Sent(change, expected.get(i), answer));
    }
    sync.join();
    List<Verdict> verdicts = aftermath.settle(sent);
    for (int i = 0; i < sent.size(); i++) {
      world.history.note("   " + sent.get(i).change());
      mutations.accept(
          sent.get(i).change(), verdicts.get(i), sent.get(i).answer(), Mutations.CONCURRENT);
    }
    if (load != null) {
      forgetChangeIndexes(namespace.find(step.synced()));
    }
  }

  /** Whether the order of the changes still does not matter, nor the sync beside them. */
  private boolean isIndependent(Step.Burst step) {
    List<String> taken =
        new ArrayList<>(
            step.synced().isEmpty() ? List.of() : SyncModel.held(namespace, step.synced()));
    for (Change change : step.changes()) {
      List<String> paths =
          change.paths().stream().map(path -> namespace.footprint(change, path)).toList();
      boolean free =
          paths.stream().noneMatch(p -> taken.stream().anyMatch(t -> Paths.related(p, t)));
      boolean due =
          change.comparedPaths().stream()
              .anyMatch(
                  path ->
                      world.marksFor(change.paths()).isDue(namespace, path, SyncModel.Depth.SELF));
      if (!free || due || namespace.leftOut(change).isPresent()) {
        return false;
      }
      taken.addAll(paths);
    }
    return true;
  }

  private static void forgetChangeIndexes(Inode node) {
    node.changeIndexKnown = false;
    if (node.directory) {
      node.children.values().forEach(Bursts::forgetChangeIndexes);
    }
  }
}

package io.cadastre.server.model;

import io.cadastre.client.Answer;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Via;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Changes of the same names, all at once, in a directory on no mount. Used by the run's thread. */
final class Races {
  private final World world;
  private final Reads reads;
  private final Mutations mutations;

  Races(World world, Reads reads, Mutations mutations) {
    this.world = world;
    this.reads = reads;
    this.mutations = mutations;
  }

  void race(Step.Race step) {
    alone(new Change.MakeDirectory(step.directory(), false, Namespace.DIRECTORY_MODE));
    if (step.withFile()) {
      alone(new Change.MakeFile(Paths.child(step.directory(), "x"), false, true));
    }
    List<CompletableFuture<Answer<Done>>> futures = new ArrayList<>();
    for (Change change : step.changes()) {
      futures.add(world.client.submit(Requests.operation(change, 0)));
    }
    List<OwnCalls.Answer> answers = futures.stream().map(Answers::of).toList();
    for (int i = 0; i < answers.size(); i++) {
      world.history.note("   " + step.changes().get(i) + " -> " + answers.get(i).text());
      if (answers.get(i).refusal().isEmpty()) {
        world.invariants.answeredBy(answers.get(i).stateIndex());
      }
    }
    Map<String, FileStatus> after = reads.known(step.directory(), false);
    world.invariants.check(
        Invariant.SERIALISATION,
        Serialisation.exists(world.namespace.copyWithoutStores(), step, answers, after),
        step + " came to " + after.keySet());
    Inode directory = world.namespace.find(step.directory());
    directory.changeIndexKnown = false;
    long id = world.client.getStatus(step.directory()).value().getId();
    world.invariants.hasId(directory, id, step.directory());
    // Whatever is in it by now: only the directory itself is known to the plain namespace.
    alone(new Change.Remove(step.directory(), true, false, Change.Condition.NONE));
  }

  private void alone(Change change) {
    mutations.mutate(new Step.Mutate(change, Via.CLIENT));
  }
}

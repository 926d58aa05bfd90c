package io.cadastre.server.model;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.ErrorCode.Retry;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.util.List;
import java.util.Optional;

/**
 * Callers that stop waiting while the store is slow: their operation goes on, and its locks stay.
 * Used by the run's thread.
 */
final class GivenUpCalls {
  /** How long a caller waits who is made to give up. */
  private static final int GIVEN_UP_MILLIS = 100;

  private final World world;
  private final Faults faults;
  private final Reads reads;
  private final Mutations mutations;

  GivenUpCalls(World world, Faults faults, Reads reads, Mutations mutations) {
    this.world = world;
    this.faults = faults;
    this.reads = reads;
    this.mutations = mutations;
  }

  void giveUp(Step.GivenUp step) {
    faults.settle();
    Effects.beforeChange(world.namespace, step.slow(), world.marksFor(step.slow().paths()));
    long newest = world.invariants.newestIndex();
    Aftermath aftermath = new Aftermath(world, reads);
    StoreModel store = world.namespace.storeOf(step.slow().path());
    MemoryStore memory = world.store(step.slow().path());
    CallRequest slow = world.own.identified(step.slow().request(0));
    int leader = world.cluster.leader();
    Gate gate =
        memory
            .faults()
            .on(StoreOperation.CREATE_DIRECTORY, StoreOperation.RENAME)
            .at(store.storePath(step.slow().path()))
            .pause();
    try {
      world.own.findLeader(leader);
      OwnCalls.Answer given = world.own.once(slow, GIVEN_UP_MILLIS);
      world.history.note("   given up: " + given.text());
      // On a busy machine the time may be over before the store is asked; then nothing was begun.
      if (given.refusal().equals(Optional.of(ErrorCode.OUTCOME_UNKNOWN)) && gate.hasArrival()) {
        world.own.findLeader(leader);
        CallRequest second = world.own.identified(step.second().request(0));
        isKeptOut(step, world.own.once(second, GIVEN_UP_MILLIS));
      }
    } finally {
      memory.faults().clear();
      gate.release();
    }
    Verdict expected = world.namespace.copy().apply(step.slow());
    OwnCalls.Answer answer = world.own.settle(slow);
    List<Aftermath.Sent> sent = List.of(new Aftermath.Sent(step.slow(), expected, answer));
    mutations.accept(step.slow(), aftermath.settle(sent).get(0), answer, newest);
  }

  private void isKeptOut(Step.GivenUp step, OwnCalls.Answer second) {
    world.history.note("   the second: " + second.text());
    if (!second.refusal().map(ErrorCode::retry).equals(Optional.of(Retry.ELSEWHERE))) {
      world.invariants.check(
          Invariant.LOCKS_STAY,
          second.refusal().equals(Optional.of(ErrorCode.LOCK_TIMEOUT))
              || second.refusal().equals(Optional.of(ErrorCode.DEADLINE_EXCEEDED))
              // Its time was over before the store took its request, and so before any lock.
              || second.refusal().equals(Optional.of(ErrorCode.STORE_UNAVAILABLE)),
          step.second() + " while " + step.slow() + " goes on: " + second.text());
    }
  }
}

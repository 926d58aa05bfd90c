package io.cadastre.server.model;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.server.bootstrap.InProcessMaster;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes whose leader goes away while it asks a store that is not as known: the next one gives
 * them up. Used by the run's thread.
 */
final class AbandonedCalls {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final World world;
  private final Faults faults;
  private final Reads reads;
  private final Mutations mutations;

  AbandonedCalls(World world, Faults faults, Reads reads, Mutations mutations) {
    this.world = world;
    this.faults = faults;
    this.reads = reads;
    this.mutations = mutations;
  }

  void abandon(Step.Abandoned step) {
    faults.heal();
    Change change = step.change();
    Effects.beforeChange(world.namespace, change, world.marksFor(change.paths()));
    Verdict expected = world.namespace.copy().apply(change);
    long newest = world.invariants.newestIndex();
    Aftermath aftermath = new Aftermath(world, reads);
    InProcessMaster leader = world.cluster.master(world.cluster.leader());
    MemoryStore memory = world.store(change.path());
    Gate gate =
        memory
            .faults()
            .on(StoreOperation.SET_ATTRIBUTES, StoreOperation.RENAME, StoreOperation.LIST)
            .at(world.namespace.storeOf(change.path()).storePath(change.path()))
            .pause();
    CallRequest request = world.own.identified(change.request(0));
    CompletableFuture<OwnCalls.Answer> asked =
        CompletableFuture.supplyAsync(() -> world.own.settleOrUnavailable(request));
    try {
      while (!gate.hasArrival() && !asked.isDone()) {
        LockSupport.parkNanos(POLL_NANOS);
      }
      leader.stepDown();
      while (leader.leadingTerm() != 0) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    } finally {
      memory.faults().clear();
      gate.release();
    }
    OwnCalls.Answer answer = asked.join();
    List<Aftermath.Sent> sent = List.of(new Aftermath.Sent(change, expected, answer));
    mutations.accept(change, aftermath.settle(sent).get(0), answer, newest);
  }
}

package io.cadastre.server.model;

import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.Map;

/**
 * One scenario on a cluster of its own: does step after step, beside the faults, and holds every
 * answer against the plain namespace. Between two steps nothing is on its way but faults.
 */
final class ModelRun implements AutoCloseable {
  private static final int STEPS_BETWEEN_LISTINGS = 200;
  private static final int STEPS_BETWEEN_CHECKS = 1_000;

  private final Scenario scenario;
  private final World world;
  private final Faults faults;
  private final Reads reads;
  private final Mutations mutations;
  private final Loads loads;
  private final Bursts bursts;
  private final Races races;
  private final GivenUpCalls givenUp;
  private final AbandonedCalls abandoned;
  private final AtRest rest;

  ModelRun(Scenario scenario, Path directory, PlantedBug bug) {
    this.scenario = scenario;
    this.world = new World(scenario.seed(), directory, bug);
    this.faults = new Faults(world.cluster, world.client, world.history);
    Comparison comparison = new Comparison(world);
    this.reads = new Reads(world, comparison);
    this.mutations = new Mutations(world, reads);
    this.loads = new Loads(world, reads);
    this.bursts = new Bursts(world, reads, mutations, loads);
    this.races = new Races(world, reads, mutations);
    this.givenUp = new GivenUpCalls(world, faults, reads, mutations);
    this.abandoned = new AbandonedCalls(world, faults, reads, mutations);
    this.rest = new AtRest(world, faults, reads, comparison);
  }

  Invariants invariants() {
    return world.invariants;
  }

  History history() {
    return world.history;
  }

  Map<Fault.Kind, Integer> faults() {
    return faults.done();
  }

  /** Changes that a later leader gave up. */
  int changesGivenUp() {
    return world.changesGivenUp;
  }

  /**
   * Runs all of it.
   *
   * @param failures where the history goes if an invariant does not hold
   */
  void run(Path failures) {
    int number = 0;
    try {
      world.mountStores();
      for (Step step : scenario.steps()) {
        Fault fault = scenario.faults().get(number);
        if (fault != null) {
          faults.begin(fault);
        }
        world.tick();
        world.history.note("#" + number + " " + step);
        step(step);
        number++;
        if (number % STEPS_BETWEEN_LISTINGS == 0) {
          rest.checkTree();
        }
        if (number % STEPS_BETWEEN_CHECKS == 0) {
          rest.check();
        }
      }
      rest.checkTree();
      rest.check();
    } catch (AssertionError | RuntimeException e) {
      world.history.note("FAILED at step " + number + ": " + e);
      world.cluster.halted.forEach(halt -> world.history.note("halted: " + halt));
      Path saved = world.history.save(failures, scenario, e.toString());
      throw new AssertionError(
          "seed "
              + scenario.seed()
              + ", step "
              + number
              + ": "
              + e.getMessage()
              + "\n  history: "
              + saved,
          e);
    }
  }

  /** Does a step, and finds out whether one term lasted from its begin to its end. */
  private void step(Step step) {
    world.term = faults.areOver() ? world.cluster.term() : AbsentPaths.UNKNOWN_TERM;
    long begin = world.term;
    act(step);
    boolean same = faults.areOver() && world.cluster.term() == begin;
    world.namespace.absent.stepEnded(world.namespace, same ? begin : AbsentPaths.UNKNOWN_TERM);
    world.marksAreOld();
    world.checkHalted();
  }

  private void act(Step step) {
    if (step instanceof Step.Mutate mutate) {
      mutations.mutate(mutate);
    } else if (step instanceof Step.Repeat repeat) {
      mutations.repeat(repeat);
    } else if (step instanceof Step.ReuseId reuse) {
      mutations.reuse(reuse);
    } else if (step instanceof Step.Read read) {
      reads.read(read);
    } else if (step instanceof Step.Load load) {
      loads.load(load);
    } else if (step instanceof Step.Burst burst) {
      bursts.burst(burst);
    } else if (step instanceof Step.Race race) {
      races.race(race);
    } else if (step instanceof Step.Outside outside) {
      outside(outside.change());
    } else if (step instanceof Step.GivenUp call) {
      givenUp.giveUp(call);
    } else if (step instanceof Step.Abandoned call) {
      abandoned.abandon(call);
    }
  }

  /** Another program changes a store, unless what it would change is not there. */
  private void outside(OutsideChange change) {
    StoreModel store = world.namespace.storeOf(change.path());
    if (!store.allows(change)) {
      world.history.note("   left out: the store does not allow it by now");
      return;
    }
    store.apply(change);
    MemoryStore memory = world.store(change.path());
    String at = store.storePath(change.path());
    if (change instanceof OutsideChange.Write write) {
      memory.write(at, write.size());
    } else if (change instanceof OutsideChange.MakeDirectories) {
      memory.mkdirs(at);
    } else if (change instanceof OutsideChange.Erase) {
      memory.remove(at);
    } else if (change instanceof OutsideChange.Relocate move) {
      memory.move(at, store.storePath(move.destination()));
    } else if (change instanceof OutsideChange.Chmod chmod) {
      memory.attributes(at, null, null, chmod.mode());
    }
  }

  @Override
  public void close() {
    faults.close();
    world.close();
  }
}

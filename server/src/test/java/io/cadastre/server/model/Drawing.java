package io.cadastre.server.model;

import io.cadastre.server.model.AbsentPaths.Belief;
import io.cadastre.server.model.Change.Condition;
import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import io.cadastre.server.model.Step.Trouble;
import io.cadastre.server.model.Step.Via;
import java.util.ArrayList;
import java.util.List;

/**
 * The generator of operations: draws step after step, each from what the namespace is by then. Used
 * once, by one thread.
 */
final class Drawing {
  private static final int FIRST_GIVEN_UP = 30;
  private static final int STEPS_BETWEEN_GIVEN_UP = 150;
  private static final int STEPS_BETWEEN_ABANDONED = 400;

  /** Paths that are asked for again although they are not there: few, so that it happens often. */
  private static final int MOST_ABSENT = 6;

  /** Where nothing fails, one leader leads for ever. */
  private static final long ONLY_TERM = 1;

  private final long seed;
  private final Dice dice;
  private final Namespace namespace = Scenario.initial();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> absent = new ArrayList<>();
  private int operations;
  private int stored;
  private int races;
  private int nextGivenUp = FIRST_GIVEN_UP;
  private int nextAbandoned = STEPS_BETWEEN_ABANDONED;

  Drawing(long seed) {
    this.seed = seed;
    this.dice = new Dice(seed);
  }

  Scenario draw(int wanted) {
    for (String mount : namespace.stores.keySet()) {
      outside(new OutsideChange.Write(Paths.child(mount, Scenario.KEPT), 1));
    }
    while (operations < wanted) {
      step();
    }
    return new Scenario(seed, steps, operations, FaultSchedule.draw(dice, steps.size()));
  }

  private void add(Step step, int count) {
    steps.add(step);
    operations += count;
    namespace.absent.stepEnded(namespace, ONLY_TERM);
  }

  private void step() {
    if (steps.size() >= nextGivenUp) {
      nextGivenUp += STEPS_BETWEEN_GIVEN_UP;
      givenUp();
      return;
    }
    if (steps.size() >= nextAbandoned) {
      nextAbandoned += STEPS_BETWEEN_ABANDONED;
      abandoned();
      return;
    }
    int kind = dice.below(1000);
    if (kind < 490) {
      mutate();
    } else if (kind < 520) {
      readAbsent();
    } else if (kind < 720) {
      read();
    } else if (kind < 830) {
      outside(dice.outsideChange(namespace));
    } else if (kind < 880) {
      load();
    } else if (kind < 920) {
      burst();
    } else if (kind < 945) {
      race();
    } else if (kind < 975) {
      if (stored > 0) {
        add(new Step.Repeat(dice.below(Math.min(stored, OwnCalls.KEPT))), 1);
      }
    } else if (kind < 980) {
      if (stored > 0) {
        Change other = new Change.MakeDirectory("/reused-" + steps.size(), false, dice.mode());
        add(new Step.ReuseId(other), 1);
      }
    } else {
      completeInStore();
    }
  }

  private void mutate() {
    Change change = dice.change(namespace);
    Via via = dice.oneOf(Via.CLIENT, Via.CLIENT, Via.OWN_ID, Via.OWN_ID, Via.TWICE, Via.TOGETHER);
    Verdict verdict = namespace.apply(change);
    if (verdict.stored() && via != Via.CLIENT) {
      stored++;
    }
    add(new Step.Mutate(change, via), via == Via.TWICE || via == Via.TOGETHER ? 2 : 1);
  }

  private void read() {
    Question question = dice.oneOf(Question.values());
    String path = dice.somePath(namespace);
    boolean mounted = namespace.storeOf(path) != null;
    Freshness freshness =
        mounted && question != Question.COUNT
            ? dice.oneOf(Freshness.KNOWN, Freshness.NOW, Freshness.LOAD_MISSING)
            : Freshness.KNOWN;
    read(new Step.Read(question, path, freshness, dice.between(2, 40)));
  }

  private void read(Step.Read read) {
    boolean believed = namespace.absent.belief(namespace, read.path(), ONLY_TERM) == Belief.YES;
    Effects.read(namespace, read, Marks.NONE, believed);
    add(read, 1);
  }

  /**
   * A path that is not there, or was not when it was last asked for: it is asked for, and again
   * after something may have happened to it.
   */
  private void readAbsent() {
    String path =
        dice.chance(50) && !absent.isEmpty()
            ? absent.get(dice.below(absent.size()))
            : dice.freshOnMount(namespace);
    absent.remove(path);
    absent.add(path);
    if (absent.size() > MOST_ABSENT) {
      absent.remove(0);
    }
    askFor(path, Freshness.LOAD_ONCE);
    if (dice.chance(60)) {
      outside(
          dice.chance(60)
              ? new OutsideChange.Write(path, dice.between(0, 5_000))
              : new OutsideChange.MakeDirectories(path));
    }
    if (dice.chance(35)) {
      Change change = dice.loss(namespace, Paths.parent(path));
      if (change != null) {
        namespace.apply(change);
        add(new Step.Mutate(change, Via.CLIENT), 1);
      }
    }
    Freshness other = dice.oneOf(Freshness.KNOWN, Freshness.NOW, Freshness.LOAD_MISSING);
    askFor(path, dice.chance(85) ? Freshness.LOAD_ONCE : other);
  }

  private void askFor(String path, Freshness freshness) {
    read(new Step.Read(dice.oneOf(Question.STATUS, Question.EXISTS), path, freshness, 1));
  }

  private void outside(OutsideChange change) {
    StoreModel store = namespace.storeOf(change.path());
    String kept = Paths.child(store.mountPoint, Scenario.KEPT);
    boolean takesKept =
        change.path().equals(kept)
            || (change instanceof OutsideChange.Relocate move && move.destination().equals(kept));
    if (store.allows(change) && (!takesKept || store.find(kept) == null)) {
      store.apply(change);
      add(new Step.Outside(change), 1);
    }
  }

  private void load() {
    String mount = dice.oneOf(Scenario.READ_ONLY, Scenario.WRITABLE);
    String path = dice.chance(50) ? mount : dice.existingDirectory(namespace, mount);
    boolean recursive = dice.chance(70);
    boolean force = dice.chance(75);
    Trouble trouble =
        dice.chance(35) && force && recursive
            ? dice.oneOf(Trouble.GONE, Trouble.NOT_ANSWERING, Trouble.REFUSED, Trouble.UNREADABLE)
            : Trouble.NONE;
    String troubled = "";
    StoreModel store = namespace.stores.get(mount);
    if (trouble != Trouble.NONE && trouble != Trouble.GONE) {
      troubled = dice.storeEntry(store, path, trouble != Trouble.UNREADABLE);
      if (troubled == null) {
        trouble = Trouble.NONE;
        troubled = "";
      }
    }
    Step.Load load = new Step.Load(path, recursive, force, trouble, troubled);
    Effects.load(namespace, load);
    add(load, 1);
  }

  private void burst() {
    boolean withSync = dice.chance(30);
    if (withSync) {
      // Store and namespace agree, so that the sync must not change anything,
      Step.Load first = new Step.Load(Scenario.WRITABLE, true, true, Trouble.NONE, "");
      Effects.load(namespace, first);
      add(first, 1);
      // A file that took a directory's place, or the other way round, takes a second look.
      Effects.load(namespace, first);
      add(first, 1);
    }
    int wanted = dice.between(3, 16);
    List<Change> changes = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    if (withSync) {
      // but where a file that is being written holds a directory: that may go when the file goes.
      taken.addAll(SyncModel.held(namespace, Scenario.WRITABLE));
    }
    for (int tries = 0; tries < 60 && changes.size() < wanted; tries++) {
      Change change = dice.change(namespace);
      List<String> paths =
          change.paths().stream().map(path -> namespace.footprint(change, path)).toList();
      boolean free =
          paths.stream().noneMatch(p -> taken.stream().anyMatch(t -> Paths.related(p, t)));
      boolean forgets = change instanceof Change.Remove remove && remove.cadastreOnly();
      if (free && !(withSync && forgets)) {
        changes.add(change);
        taken.addAll(paths);
      }
    }
    changes.forEach(namespace::apply);
    add(new Step.Burst(List.copyOf(changes), withSync ? Scenario.WRITABLE : ""), changes.size());
  }

  private void race() {
    String directory = "/race-" + races++;
    List<Change> changes = new ArrayList<>();
    int count = dice.between(3, 5);
    for (int i = 0; i < count; i++) {
      changes.add(dice.racingChange(directory));
    }
    add(new Step.Race(directory, dice.chance(50), List.copyOf(changes)), count);
  }

  private void givenUp() {
    String directory = Paths.child(Scenario.WRITABLE, "slow-" + steps.size());
    boolean make = dice.chance(50);
    if (make) {
      Change slow = new Change.MakeDirectory(directory, false, dice.mode());
      Change second = new Change.MakeDirectory(directory, dice.chance(50), dice.mode());
      namespace.apply(slow);
      add(new Step.GivenUp(slow, second), 2);
    } else {
      Change.MakeDirectory first = new Change.MakeDirectory(directory, false, dice.mode());
      Change slow = new Change.Move(directory, directory + "-moved", false);
      Change second =
          dice.chance(50)
              ? new Change.Remove(directory, true, false, Condition.NONE)
              : new Change.MakeDirectory(directory + "-moved", false, dice.mode());
      namespace.apply(first);
      add(new Step.Mutate(first, Via.CLIENT), 1);
      namespace.apply(slow);
      add(new Step.GivenUp(slow, second), 2);
    }
  }

  /** Another program changes an entry first, so that what is begun fits neither way. */
  private void abandoned() {
    StoreModel store = namespace.stores.get(Scenario.WRITABLE);
    boolean directory = dice.chance(35);
    String path = dice.sameInStore(store, namespace, directory);
    if (path == null) {
      return;
    }
    Change change;
    if (directory) {
      outside(new OutsideChange.Write(Paths.child(path, "not-known"), 1));
      change = new Change.Remove(path, true, false, Condition.NONE);
    } else {
      outside(new OutsideChange.Erase(path));
      change =
          dice.chance(50)
              ? new Change.Move(path, Paths.child(Scenario.WRITABLE, "to-" + steps.size()), false)
              : new Change.Attributes(path, dice.mode(), null, -1, -1, null, null, Condition.NONE);
    }
    namespace.apply(change);
    add(new Step.Abandoned(change), 1);
  }

  /** The bytes of an incomplete file come, and it is completed. */
  private void completeInStore() {
    String path = dice.incompleteFile(namespace, Scenario.WRITABLE);
    if (path == null) {
      return;
    }
    outside(new OutsideChange.Write(path, dice.between(0, 5_000)));
    Change complete = new Change.Complete(path, -1, dice.condition());
    namespace.apply(complete);
    add(new Step.Mutate(complete, Via.CLIENT), 1);
  }
}

package io.cadastre.server.model;

import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.server.model.Invariants.Invariant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of changes that were sent while the leader may have gone away. Where the store is as
 * known there is one outcome, whoever settles it. Where it is not, a later leader may have given a
 * change up, or taken it for done; then the outcomes are found that explain the answers and what is
 * listed afterwards. Used by the run's thread.
 */
final class Aftermath {
  /** What happened to one change. */
  private enum Outcome {
    /** It was done or refused by whoever was asked. */
    DECIDED,
    /** A later leader took it for done. */
    TAKEN_FOR_DONE,
    /** It was sent again when its directory was due, so its paths were compared first. */
    COMPARED_FIRST,
    /** It was refused, and sent again when its directory was due. */
    COMPARED_AFTER
  }

  /** A change with what the namespace makes of it at once, and its answer. */
  record Sent(Change change, Verdict expected, OwnCalls.Answer answer) {}

  private final World world;
  private final Reads reads;
  private final long termBefore;
  private final Set<String> mayBeGivenUp = new TreeSet<>();

  /** Begins before the changes are sent. */
  Aftermath(World world, Reads reads) {
    this.world = world;
    this.reads = reads;
    this.termBefore = world.cluster.term();
  }

  /** Does to the plain namespace what was done; the verdicts are in the order of the changes. */
  List<Verdict> settle(List<Sent> sent) {
    List<Outcome> outcomes = Collections.nCopies(sent.size(), Outcome.DECIDED);
    boolean disagreed = false;
    for (Sent one : sent) {
      if (one.expected().storeDisagrees()) {
        disagreed = true;
        mayBeGivenUp.addAll(LaterLeader.invalidated(world.namespace, one.change()));
      }
    }
    if (disagreed) {
      Marks after = world.settledMarks();
      Set<String> invalidated = after.invalidatedSince(world.lastMarks(), moved(sent));
      world.invariants.check(
          Invariant.INVALIDATIONS,
          mayBeGivenUp.containsAll(invalidated),
          sent + ": may invalidate " + mayBeGivenUp + ", invalidated " + invalidated);
      if (!invalidated.isEmpty() || world.cluster.term() != termBefore) {
        outcomes = explain(sent, outcomes);
      }
      if (!invalidated.isEmpty()) {
        world.changesGivenUp++;
        world.history.note("   given up: " + invalidated + " invalidated, " + outcomes);
      }
    }
    // Who came later may have compared paths, whether that explains anything or not.
    boolean mayBeAsked = world.cluster.term() != termBefore;
    List<Verdict> verdicts = new ArrayList<>();
    sent.forEach(one -> noteAsked(one, mayBeAsked));
    for (int i = 0; i < sent.size(); i++) {
      verdicts.add(apply(world.namespace, sent.get(i).change(), outcomes.get(i)));
    }
    sent.forEach(one -> noteAsked(one, mayBeAsked));
    if (disagreed) {
      world.useMarks(world.settledMarks());
    }
    return verdicts;
  }

  private void noteAsked(Sent sent, boolean mayBe) {
    if (mayBe) {
      for (String path : sent.change().comparedPaths()) {
        world.namespace.absent.maybeAsked(world.namespace, path);
      }
    }
  }

  /** Directories with which an invalidation may have gone, if they were moved. */
  private Set<Long> moved(List<Sent> sent) {
    Set<Long> moved = new TreeSet<>();
    for (Sent one : sent) {
      Inode node = world.namespace.find(one.change().path());
      if (one.change() instanceof Change.Move && node != null && node.directory) {
        moved.add(one.answer().done().getInodeId());
      }
    }
    return moved;
  }

  /** The first outcomes that fit; as if nothing had happened if none do. */
  private List<Outcome> explain(List<Sent> sent, List<Outcome> plain) {
    Map<String, FileStatus> after = reads.known("/", true);
    List<Outcome> found = new ArrayList<>();
    return search(world.namespace, sent, after, found) ? found : plain;
  }

  private boolean search(
      Namespace state, List<Sent> sent, Map<String, FileStatus> after, List<Outcome> found) {
    if (found.size() == sent.size()) {
      return Comparison.isLike(state, after);
    }
    Sent next = sent.get(found.size());
    for (Outcome outcome : Outcome.values()) {
      if (!isPossible(outcome, next)) {
        continue;
      }
      Namespace then = state.copy();
      Verdict verdict = apply(then, next.change(), outcome);
      if (verdict == null || !verdict.matches(next.answer().refusal())) {
        continue;
      }
      found.add(outcome);
      if (search(then, sent, after, found)) {
        return true;
      }
      found.remove(found.size() - 1);
    }
    return false;
  }

  private boolean isPossible(Outcome outcome, Sent sent) {
    return switch (outcome) {
      case DECIDED -> true;
      case TAKEN_FOR_DONE -> sent.expected().storeDisagrees() && sent.answer().refusal().isEmpty();
      case COMPARED_FIRST -> isUnderGivenUp(sent.change());
      case COMPARED_AFTER -> !sent.expected().ok() && isUnderGivenUp(sent.change());
    };
  }

  private boolean isUnderGivenUp(Change change) {
    return change.comparedPaths().stream().anyMatch(this::isUnderGivenUp);
  }

  private boolean isUnderGivenUp(String path) {
    return mayBeGivenUp.stream().anyMatch(directory -> Paths.isUnder(path, directory));
  }

  /** Null if it cannot be. */
  private Verdict apply(Namespace namespace, Change change, Outcome outcome) {
    return switch (outcome) {
      case DECIDED -> namespace.apply(change);
      case TAKEN_FOR_DONE -> LaterLeader.done(namespace, change);
      case COMPARED_FIRST -> {
        compare(namespace, change);
        yield namespace.apply(change);
      }
      case COMPARED_AFTER -> {
        Verdict refused = namespace.apply(change);
        compare(namespace, change);
        yield refused;
      }
    };
  }

  private void compare(Namespace namespace, Change change) {
    for (String path : change.comparedPaths()) {
      if (namespace.storeOf(path) != null && isUnderGivenUp(path)) {
        SyncModel.compare(namespace, path, SyncModel.Depth.SELF, directory -> false);
      }
    }
  }
}

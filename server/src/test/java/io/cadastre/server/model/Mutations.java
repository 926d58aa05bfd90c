package io.cadastre.server.model;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import io.cadastre.server.model.Step.Via;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Mutations one after the other, and operation ids that come again. Used by the run's thread. */
final class Mutations {
  /** Changes were sent at the same time: their order is not known. */
  static final long CONCURRENT = -1;

  /** What no inode id or change index is off by. */
  private static final long WRONG_BY = 1_000_000;

  private final World world;
  private final Namespace namespace;
  private final Invariants invariants;
  private final Reads reads;

  Mutations(World world, Reads reads) {
    this.world = world;
    this.namespace = world.namespace;
    this.invariants = world.invariants;
    this.reads = reads;
  }

  /** The number that the condition of a change is about, by what is there now. */
  long condition(Change change) {
    if (change.condition() == Change.Condition.NONE) {
      return 0;
    }
    for (String path : change.comparedPaths()) {
      // A comparison would change what the condition is about.
      if (world.marksFor(change.paths()).isDue(namespace, path, SyncModel.Depth.SELF)) {
        status(path);
      }
    }
    Inode node = namespace.find(change.path());
    if (node == null) {
      return 0;
    }
    boolean changeIndex = change instanceof Change.Attributes;
    if (node.id == 0 || (changeIndex && !node.changeIndexKnown)) {
      // A number that no answer has told so far.
      status(change.path());
      node = namespace.find(change.path());
      if (node == null) {
        return 0;
      }
    }
    long right = changeIndex ? node.changeIndex : node.id;
    return change.condition() == Change.Condition.RIGHT ? right : right + WRONG_BY;
  }

  private void status(String path) {
    reads.read(new Step.Read(Question.STATUS, path, Freshness.KNOWN, 1));
  }

  void mutate(Step.Mutate step) {
    Change change = step.change();
    Optional<String> leftOut = namespace.leftOut(change);
    if (leftOut.isPresent()) {
      world.history.note("   left out: " + leftOut.get());
      return;
    }
    long condition = condition(change);
    boolean compared = Effects.beforeChange(namespace, change, world.marksFor(change.paths()));
    long newest = invariants.newestIndex();
    Aftermath aftermath = new Aftermath(world, reads);
    Verdict expected = namespace.copy().apply(change);
    if (step.via() == Via.CLIENT) {
      OwnCalls.Answer answer =
          expected.storeDisagrees()
              ? Answers.of(world.client.submit(Requests.operation(change, condition)))
              : byClient(change, condition);
      accept(change, settle(aftermath, change, expected, answer), answer, newest);
      return;
    }
    CallRequest request = world.own.identified(change.request(condition));
    // A second call would compare once more what is due.
    Via via = compared ? Via.OWN_ID : step.via();
    CompletableFuture<OwnCalls.Answer> other =
        via == Via.TOGETHER ? CompletableFuture.supplyAsync(() -> ask(expected, request)) : null;
    OwnCalls.Answer answer = ask(expected, request);
    OwnCalls.Answer second =
        other != null ? other.join() : via == Via.TWICE ? ask(expected, request) : null;
    Verdict verdict = settle(aftermath, change, expected, answer);
    accept(change, verdict, answer, newest);
    if (second != null) {
      sameAnswer(verdict, answer, second);
    }
    if (verdict.stored()) {
      world.own.remember(change, request, answer);
    }
  }

  private static Verdict settle(
      Aftermath aftermath, Change change, Verdict expected, OwnCalls.Answer answer) {
    return aftermath.settle(List.of(new Aftermath.Sent(change, expected, answer))).get(0);
  }

  private OwnCalls.Answer ask(Verdict expected, CallRequest request) {
    return expected.storeDisagrees()
        ? world.own.settleOrUnavailable(request)
        : world.own.settle(request);
  }

  /** Through the client, until the store could be asked. */
  OwnCalls.Answer byClient(Change change, long condition) {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    while (true) {
      OwnCalls.Answer answer =
          Answers.of(world.client.submit(Requests.operation(change, condition)));
      // A store is asked through a leader: when that one goes, the store seems not to answer.
      if (!answer.refusal().equals(Optional.of(ErrorCode.STORE_UNAVAILABLE))
          || System.nanoTime() - giveUp >= 0) {
        return answer;
      }
      world.history.note("   again: " + answer.text());
    }
  }

  private void sameAnswer(Verdict verdict, OwnCalls.Answer first, OwnCalls.Answer second) {
    world.history.note("   again -> " + second.text());
    boolean same =
        verdict.stored()
            ? second.refusal().isEmpty()
                && second.done().getInodeId() == first.done().getInodeId()
                && second.stateIndex() == first.stateIndex()
            : verdict.matches(second.refusal());
    invariants.check(Invariant.ONCE, same, "first " + first.text() + ", then " + second.text());
  }

  /**
   * Holds an answer against what the namespace says it must be.
   *
   * @param newestBefore the newest index when the change was sent; CONCURRENT if others were on
   *     their way
   */
  void accept(Change change, Verdict verdict, OwnCalls.Answer answer, long newestBefore) {
    world.history.note("   -> " + answer.text());
    invariants.check(
        Invariant.ANSWERS,
        verdict.matches(answer.refusal()),
        change + ": expected " + verdict + ", answered " + answer.text());
    if (!verdict.ok()) {
      return;
    }
    String what = change.toString();
    invariants.hasId(verdict.target(), answer.done().getInodeId(), what);
    boolean concurrent = newestBefore == CONCURRENT;
    if (concurrent) {
      invariants.answeredBy(answer.stateIndex());
    } else {
      invariants.answeredAt(answer.stateIndex(), verdict.stored(), newestBefore, what);
    }
    if (change instanceof Change.Move && verdict.target().directory) {
      world.moved(verdict.target());
    }
    for (Inode touched : verdict.touched()) {
      invariants.changedAt(touched, answer.stateIndex(), concurrent, what);
    }
  }

  void repeat(Step.Repeat step) {
    OwnCalls.Sent sent = world.own.stored(step.back());
    // Its paths are not compared once more: it has its answer whatever the store says.
    OwnCalls.Answer again = world.own.settle(sent.request());
    world.history.note("   -> " + again.text());
    invariants.check(
        Invariant.ONCE,
        again.refusal().isEmpty()
            && again.done().getRepeated()
            && again.done().getInodeId() == sent.answer().done().getInodeId()
            && again.stateIndex() == sent.answer().stateIndex(),
        "first " + sent.answer().text() + ", then " + again.text());
  }

  void reuse(Step.ReuseId step) {
    OwnCalls.Answer answer = world.own.settle(world.own.reusing(step.change().request(0)));
    world.history.note("   -> " + answer.text());
    invariants.check(
        Invariant.ONCE,
        answer.refusal().equals(Optional.of(ErrorCode.OPERATION_ID_REUSED)),
        "another request under an id that was used: " + answer.text());
  }
}

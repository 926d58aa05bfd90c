package io.cadastre.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines that pass while an operation has its locks and waits for the planner. */
class CallDeadlineTest {
  private final long soon = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
  private final long later = soon + TimeUnit.MINUTES.toNanos(1);
  private final List<CompletableFuture<Applied>> stores = new ArrayList<>();
  private LoneLeader leader;
  private LockedPaths first;

  @BeforeEach
  void start(@TempDir Path directory) {
    leader = new LoneLeader(directory, this::change);
    leader.planner.setRoom(10);
    first = leader.leadership.locks().tryAcquire(LoneLeader.locks("a")).orElseThrow();
  }

  @AfterEach
  void stop() {
    leader.close();
  }

  /** A store that answers when the test says. */
  private CompletableFuture<Applied> change(
      Leadership leadership, CallContext call, StoreChange change, LockedPaths held) {
    CompletableFuture<Applied> answer = new CompletableFuture<>();
    stores.add(answer);
    return answer.whenComplete((applied, failure) -> held.close());
  }

  /** Changes the store below `/a`. */
  private static final class Through implements Operation, StoreChange {
    @Override
    public LockRequest locks(AppliedView view) {
      return LoneLeader.locks("a");
    }

    @Override
    public Plan plan(PlanContext context) {
      return new Plan.ThroughStore(this);
    }

    @Override
    public Optional<OpenIntent.Builder> intent() {
      return Optional.empty();
    }

    @Override
    public Effect plannedEffect() {
      throw new AssertionError("no intent");
    }

    @Override
    public Effect execute(StoreCall call) {
      throw new AssertionError("the test answers");
    }
  }

  private CompletableFuture<Applied> through(long sequence) {
    return leader.transactions.run(
        leader.leadership, leader.call(sequence, "a", soon), new Through());
  }

  private static Done answer(CompletableFuture<Applied> call) throws Exception {
    return call.get(10, TimeUnit.SECONDS).done();
  }

  /** The locks are granted, and the deadline passes before the planner gets on. */
  private void passWithLocksGranted() {
    first.close();
    leader.leadership.inFlight().sweep(soon);
  }

  /** What was handed to the journal before is applied when this is. */
  private void waitForTheJournal() throws Exception {
    answer(leader.make(100, "behind"));
  }

  @Test
  void whoIsToldThatNothingWasDoneCanRelyOnIt() throws Exception {
    CompletableFuture<Applied> late = leader.make(1, "a", soon);
    passWithLocksGranted();
    assertThat(Errors.of(late)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    leader.planner.run();
    waitForTheJournal();
    assertThat(leader.exists("a")).isFalse();
    assertThat(leader.handles()).isZero();

    Done again = answer(leader.make(1, "a", later));
    assertThat(again.getChanged()).isTrue();
    assertThat(again.getRepeated()).isFalse();
  }

  @Test
  void theIdIsFreeBeforeThePlannerGetsOn() throws Exception {
    CompletableFuture<Applied> late = leader.make(1, "a", soon);
    passWithLocksGranted();
    assertThat(Errors.of(late)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    CompletableFuture<Applied> again = leader.make(1, "a", later);
    assertThat(again).isNotDone();
    leader.planner.run();
    assertThat(answer(again).getRepeated()).as("it joined what was given up").isFalse();
    assertThat(leader.handles()).isZero();
  }

  @Test
  void noStoreIsAskedAnyMore() {
    CompletableFuture<Applied> late = through(1);
    passWithLocksGranted();
    assertThat(Errors.of(late)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    leader.planner.run();
    assertThat(stores).isEmpty();
    assertThat(leader.handles()).isZero();
  }

  @Test
  void whatAStoreWasAskedForIsNotKnown() {
    CompletableFuture<Applied> begun = through(1);
    first.close();
    leader.planner.run();
    assertThat(stores).hasSize(1);
    leader.leadership.inFlight().sweep(soon);
    assertThat(Errors.of(begun)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(leader.handles()).isPositive();
    stores.get(0).complete(new Applied(Done.getDefaultInstance(), 1, 1));
    assertThat(leader.handles()).isZero();
  }

  @Test
  void aCallerWithLessTimeDoesNotEndItForAnother() throws Exception {
    CompletableFuture<Applied> hurried = leader.make(1, "a", soon);
    CompletableFuture<Applied> patient = leader.make(1, "a", later);
    passWithLocksGranted();
    assertThat(Errors.of(hurried)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(patient).isNotDone();
    leader.planner.run();
    assertThat(answer(patient).getRepeated()).isTrue();
    assertThat(leader.exists("a")).isTrue();
  }

  @Test
  void theEndOfATermEndsItForAll() {
    CompletableFuture<Applied> one = leader.make(1, "a", soon);
    CompletableFuture<Applied> other = leader.make(1, "a", later);
    leader.leadership.inFlight().close();
    assertThat(Errors.of(one)).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(Errors.of(other)).isEqualTo(ErrorCode.NOT_LEADER);
    first.close();
    leader.planner.run();
    assertThat(leader.exists("a")).isFalse();
    assertThat(leader.handles()).isZero();
  }
}

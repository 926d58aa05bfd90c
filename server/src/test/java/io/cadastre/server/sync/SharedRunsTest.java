package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.SyncOptions;
import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedRunsTest {
  private static final SyncOptions NOTHING_SAID = SyncOptions.getDefaultInstance();

  private final SharedRuns shared = new SharedRuns();
  private final SharedRuns.Key key =
      new SharedRuns.Key(NamespacePath.of("/m"), SyncDepth.CHILDREN, true, 0, NOTHING_SAID);
  private final List<CompletableFuture<SyncProgress>> runs = new ArrayList<>();
  private final List<Long> deadlines = new ArrayList<>();

  private CompletableFuture<SyncProgress> join(SharedRuns.Key which) {
    return join(which, 0);
  }

  private CompletableFuture<SyncProgress> join(SharedRuns.Key which, long deadlineNanos) {
    return shared.join(
        which,
        deadlineNanos,
        until -> {
          deadlines.add(until);
          runs.add(new CompletableFuture<>());
          return runs.get(runs.size() - 1);
        });
  }

  @Test
  void whoComesDuringARunWaitsForTheNextWithEverybodyElse() {
    CompletableFuture<SyncProgress> first = join(key);
    CompletableFuture<SyncProgress> second = join(key);
    CompletableFuture<SyncProgress> third = join(key);
    assertThat(runs).hasSize(1);

    SyncProgress one = new SyncProgress();
    runs.get(0).complete(one);
    assertThat(first.join()).isSameAs(one);
    assertThat(second).isNotDone();
    assertThat(runs).hasSize(2);

    // Not even the second run may be joined once it has begun.
    CompletableFuture<SyncProgress> fourth = join(key);
    SyncProgress two = new SyncProgress();
    runs.get(1).complete(two);
    assertThat(second.join()).isSameAs(two);
    assertThat(third.join()).isSameAs(two);
    assertThat(fourth).isNotDone();
    runs.get(2).complete(new SyncProgress());
    assertThat(fourth).isDone();
    join(key);
    assertThat(runs).hasSize(4);
  }

  @Test
  void aRunThatFailsOrCannotStartDoesNotHoldTheNext() {
    CompletableFuture<SyncProgress> first = join(key);
    CompletableFuture<SyncProgress> second = join(key);
    runs.get(0).completeExceptionally(new IllegalStateException("broken"));
    assertThat(first).isCompletedExceptionally();
    runs.get(1).complete(new SyncProgress());
    assertThat(second).isCompleted();
    assertThat(
            shared.join(
                key,
                0,
                until -> {
                  throw new IllegalStateException("full");
                }))
        .isCompletedExceptionally();
    join(key);
    assertThat(runs).hasSize(3);
  }

  /** Else somebody in a hurry would let those fail who have time. */
  @Test
  void theMostPatientOfThoseWhoWaitSaysHowLongTheStoreIsAsked() {
    join(key, 5);
    join(key, 60);
    join(key, 1);
    runs.get(0).complete(new SyncProgress());
    join(key, 2);
    runs.get(1).complete(new SyncProgress());
    assertThat(deadlines).containsExactly(5L, 60L, 2L);
  }

  @Test
  void otherWishesAreOtherRuns() {
    join(key);
    join(new SharedRuns.Key(key.path(), SyncDepth.SELF, true, 0, NOTHING_SAID));
    join(new SharedRuns.Key(key.path(), SyncDepth.CHILDREN, false, 0, NOTHING_SAID));
    join(new SharedRuns.Key(key.path(), SyncDepth.CHILDREN, true, 1, NOTHING_SAID));
    SyncOptions always = SyncOptions.newBuilder().setIntervalMillis(0).build();
    join(new SharedRuns.Key(key.path(), SyncDepth.CHILDREN, true, 0, always));
    assertThat(runs).hasSize(5);
  }
}

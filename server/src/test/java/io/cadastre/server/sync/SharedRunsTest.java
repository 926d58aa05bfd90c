package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedRunsTest {
  private final SharedRuns shared = new SharedRuns();
  private final SharedRuns.Key key =
      new SharedRuns.Key(NamespacePath.of("/m"), SyncDepth.CHILDREN, true, 0);
  private final List<CompletableFuture<SyncProgress>> runs = new ArrayList<>();

  private CompletableFuture<SyncProgress> join(SharedRuns.Key which) {
    return shared.join(
        which,
        () -> {
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
                () -> {
                  throw new IllegalStateException("full");
                }))
        .isCompletedExceptionally();
    join(key);
    assertThat(runs).hasSize(3);
  }

  @Test
  void otherWishesAreOtherRuns() {
    join(key);
    join(new SharedRuns.Key(key.path(), SyncDepth.SELF, true, 0));
    join(new SharedRuns.Key(key.path(), SyncDepth.CHILDREN, false, 0));
    join(new SharedRuns.Key(key.path(), SyncDepth.CHILDREN, true, 1));
    assertThat(runs).hasSize(4);
  }
}

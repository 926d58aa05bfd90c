package io.cadastre.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.lock.LockedPaths;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waited for a lock while the planner's queue is full, or nearly so. */
class LockHandoverTest {
  private LoneLeader leader;
  private LockedPaths first;
  private CompletableFuture<Applied> second;

  @BeforeEach
  void start(@TempDir Path directory) {
    leader =
        new LoneLeader(
            directory,
            (leadership, call, change, held) -> {
              throw new AssertionError("no store here");
            });
    first = leader.leadership.locks().tryAcquire(LoneLeader.locks("a")).orElseThrow();
    second = leader.make(1, "a");
    assertThat(second).isNotDone();
  }

  @AfterEach
  void stop() {
    leader.close();
  }

  private static Applied answer(CompletableFuture<Applied> call) throws Exception {
    return call.get(10, TimeUnit.SECONDS);
  }

  @Test
  void oneTaskOfThePlannerIsEnough() throws Exception {
    leader.planner.setRoom(1);
    first.close();
    leader.planner.run();
    assertThat(answer(second).done().getChanged()).isTrue();
    assertThat(leader.handles()).isZero();
    assertThat(answer(leader.make(2, "a")).done().getChanged()).isFalse();
  }

  @Test
  void withoutOneItIsBusyAtOnceAndTheIdCanBeUsedAgain() throws Exception {
    leader.planner.setRoom(0);
    first.close();
    assertThat(second).isCompletedExceptionally();
    assertThat(Errors.of(second)).isEqualTo(ErrorCode.BUSY);
    assertThat(leader.handles()).isZero();
    Applied again = answer(leader.make(1, "a"));
    assertThat(again.done().getChanged()).isTrue();
    assertThat(again.done().getRepeated()).isFalse();
  }
}

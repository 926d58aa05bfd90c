package io.cadastre.server.lock;

import static io.cadastre.server.lock.LockFixture.PATIENCE;
import static io.cadastre.server.lock.LockFixture.read;
import static io.cadastre.server.lock.LockFixture.rename;
import static io.cadastre.server.lock.LockFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who goes first: newcomers for a while, then those who came first. */
class LockFairnessTest {
  private static final Duration JUST_BEFORE = PATIENCE.minusNanos(1);
  private static final Duration NANO = Duration.ofNanos(1);

  private final LockFixture locks = new LockFixture();

  @AfterEach
  void close() {
    locks.close();
  }

  @Test
  void sharedOnesPassAWaitingExclusiveOneOnlyWhileItIsPatient() {
    LockedPaths hung = locks.hold(write("/a/hung"));
    CompletableFuture<LockedPaths> chmod = locks.acquire(write("/a"));
    LockedPaths neighbour = locks.hold(write("/a/x"));
    locks.advance(JUST_BEFORE);
    LockedPaths passedInTime = locks.hold(read("/a/y"));
    locks.advance(NANO);
    CompletableFuture<LockedPaths> tooLate = locks.acquire(read("/a/z"));
    assertThat(tooLate).isNotDone();
    assertThat(locks.table.tryAcquire(read("/a/z"))).isEmpty();
    assertThat(locks.table.tryAcquire(write("/b"))).as("elsewhere nothing changes").isPresent();

    locks.release(hung);
    locks.release(neighbour);
    assertThat(chmod).isNotDone();
    locks.release(passedInTime);
    assertThat(chmod).isCompleted();
    assertThat(tooLate).isNotDone();
    locks.release(chmod.join());
    assertThat(tooLate).isCompleted();
  }

  @Test
  void patienceIsCountedFromArrivalAndForEachWaiterByItself() {
    locks.hold(write("/a/hung"));
    CompletableFuture<LockedPaths> first = locks.acquire(write("/a"), Duration.ofMillis(60));
    locks.advance(Duration.ofMillis(40));
    CompletableFuture<LockedPaths> second = locks.acquire(write("/a"));
    locks.advance(Duration.ofMillis(10));
    assertThat(locks.table.tryAcquire(read("/a"))).as("the first is not patient").isEmpty();
    locks.advance(Duration.ofMillis(10));
    assertThat(first).isCompletedExceptionally();
    assertThat(locks.table.tryAcquire(read("/a"))).as("the second still is").isPresent();
    locks.advance(Duration.ofMillis(30));
    assertThat(locks.table.tryAcquire(read("/a"))).as("now it is not").isEmpty();
    assertThat(second).isNotDone();
  }

  @Test
  void whenAnImpatientWaiterGivesUpThoseBehindItGoOn() {
    LockedPaths hung = locks.hold(write("/a/hung"));
    CompletableFuture<LockedPaths> chmod = locks.acquire(write("/a"), Duration.ofMillis(80));
    locks.advance(Duration.ofMillis(60));
    List<CompletableFuture<LockedPaths>> behind = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      behind.add(locks.acquire(write("/a/" + i)));
    }
    assertThat(behind).noneMatch(CompletableFuture::isDone);
    locks.advance(Duration.ofMillis(20));
    assertThat(chmod).isCompletedExceptionally();
    assertThat(behind).allMatch(CompletableFuture::isDone);
    assertThat(hung.isHeld()).isTrue();
  }

  @Test
  void exclusiveOnesAreServedInOrderOfArrival() {
    LockedPaths holder = locks.hold(write("/a"));
    List<CompletableFuture<LockedPaths>> waiters = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiters.add(locks.acquire(write("/a")));
    }
    for (int i = 0; i < 20; i++) {
      locks.release(holder);
      assertThat(waiters.get(i)).as("waiter %s", i).isCompleted();
      assertThat(waiters.subList(i + 1, 20)).noneMatch(CompletableFuture::isDone);
      holder = waiters.get(i).join();
    }
  }

  @Test
  void anExclusiveOneDoesNotOvertakeSharedOnesThatWait() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> one = locks.acquire(read("/a"));
    CompletableFuture<LockedPaths> writer = locks.acquire(write("/a"));
    CompletableFuture<LockedPaths> two = locks.acquire(read("/a"));
    locks.release(holder);
    assertThat(one).isCompleted();
    assertThat(two).as("passes the writer, which is patient").isCompleted();
    assertThat(writer).isNotDone();
    locks.release(one.join());
    locks.release(two.join());
    assertThat(writer).isCompleted();
  }

  @Test
  void aSharedWaiterBehindAnImpatientWriterStaysBehindIt() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> writer = locks.acquire(write("/a"));
    CompletableFuture<LockedPaths> reader = locks.acquire(read("/a"));
    locks.advance(PATIENCE);
    locks.release(holder);
    assertThat(writer).isCompleted();
    assertThat(reader).isNotDone();
  }

  @Test
  void whoCameFirstIsLookedAtFirstWhicheverKeyWasFreed() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> first = locks.acquire(write("/"));
    CompletableFuture<LockedPaths> second = locks.acquire(write("/a"));
    locks.release(holder);
    assertThat(first).isCompleted();
    assertThat(second).as("could have passed, had nobody been let in").isNotDone();
  }

  /**
   * Both sides of the rename are held by somebody at every single moment, by writers below (shared
   * on the sides) and by writers of the sides themselves. It gets them all the same: once its
   * patience is over, newcomers queue behind it.
   */
  @Test
  void aRequestOfManyKeysDoesNotStarve() {
    ArrayDeque<LockedPaths> held = new ArrayDeque<>();
    held.add(locks.hold(write("/a/0")));
    held.add(locks.hold(write("/b/0")));
    List<CompletableFuture<LockedPaths>> asked = new ArrayList<>();
    CompletableFuture<LockedPaths> rename = locks.acquire(rename("/a", "/b"));
    int rounds = 0;
    int passed = 0;
    while (!rename.isDone() && rounds < 1_000) {
      rounds++;
      // The next ones come before the last ones leave, alternating, so that no side is ever free.
      String side = rounds % 2 == 0 ? "/a" : "/b";
      for (LockRequest request : List.of(write(side + "/" + rounds), write(side))) {
        CompletableFuture<LockedPaths> next = locks.acquire(request);
        if (next.isDone()) {
          held.add(next.join());
          passed++;
        } else {
          asked.add(next);
        }
      }
      if (rounds % 3 == 0 && !held.isEmpty()) {
        locks.release(held.poll());
      }
      locks.advance(Duration.ofMillis(1));
    }
    assertThat(rename).isCompleted();
    assertThat(passed).as("some passed while it was patient").isBetween(40, 50);
    assertThat(rename.join().waitedNanos()).isGreaterThan(PATIENCE.toNanos());
    assertThat(asked).as("all others came later").noneMatch(CompletableFuture::isDone);
    locks.release(rename.join());
    // From here on strictly in order of arrival: none of those who wait is patient any more.
    locks.advance(PATIENCE);
    drain(held, asked);
    locks.assertNothingIsLeft();
  }

  private void drain(ArrayDeque<LockedPaths> held, List<CompletableFuture<LockedPaths>> asked) {
    held.forEach(locks::release);
    for (CompletableFuture<LockedPaths> next : asked) {
      assertThat(next).isCompleted();
      locks.release(next.join());
    }
  }
}

package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Who gets a thread. The threads are a list of what was started and is not ended yet. */
class SyncPoolTest {
  private final List<Runnable> started = new ArrayList<>();
  private final List<String> done = new ArrayList<>();

  private SyncPool pool(int size, int waiting) {
    return new SyncPool(started::add, size, waiting);
  }

  private Runnable task(String name) {
    return () -> done.add(name);
  }

  private void end(int which) {
    started.remove(which).run();
  }

  @Test
  void oneMountLeavesAThreadToOthers() {
    SyncPool pool = pool(3, 10);
    for (int i = 0; i < 4; i++) {
      pool.run(1, 1, task("one" + i));
    }
    assertThat(started).hasSize(2);
    assertThat(pool.waiting()).isEqualTo(2);
    pool.run(2, 2, task("two"));
    assertThat(started).hasSize(3);
    end(2);
    assertThat(done).containsExactly("two");
    assertThat(started).as("the thread of the other mount is not given to the first").hasSize(2);
    end(0);
    assertThat(started).as("nor is it to have more than half while others may come").hasSize(1);
    assertThat(pool.waiting()).isEqualTo(2);
    while (!started.isEmpty()) {
      end(0);
    }
    assertThat(done).containsExactly("two", "one0", "one1", "one2", "one3");
    assertThat(pool.busy()).isZero();
  }

  @Test
  void theOnlyThreadServesAnyMount() {
    SyncPool pool = pool(1, 10);
    pool.run(1, 1, task("one"));
    pool.run(2, 1, task("two"));
    assertThat(started).hasSize(1);
    end(0);
    end(0);
    assertThat(done).containsExactly("one", "two");
  }

  @Test
  void mountsThatHangLeaveHalfOfTheRestEach() {
    SyncPool pool = pool(8, 100);
    List<Integer> taken = new ArrayList<>();
    for (int mount = 1; mount <= 4; mount++) {
      int before = started.size();
      for (int i = 0; i < 10; i++) {
        pool.run(mount, 100, task(mount + "-" + i));
      }
      taken.add(started.size() - before);
    }
    assertThat(taken).containsExactly(4, 2, 1, 1);
    while (!started.isEmpty()) {
      end(0);
    }
    assertThat(done).hasSize(40);
    assertThat(pool.busy()).isZero();
  }

  @Test
  void whereNoOtherMayComeAMountTakesWhatItCan() {
    SyncPool pool = pool(8, 100);
    for (int i = 0; i < 10; i++) {
      pool.run(1, 1, task("alone" + i));
    }
    assertThat(started).hasSize(7);
    pool.run(2, 2, task("other"));
    assertThat(started).hasSize(8);
  }

  @Test
  void helpersTakeOnlyWhatNobodyWaitsFor() {
    SyncPool pool = pool(3, 10);
    pool.run(1, 1, task("run"));
    assertThat(pool.help(1, task("helper"))).isTrue();
    assertThat(pool.help(1, task("too many"))).isFalse();
    assertThat(pool.isWanted()).isFalse();
    pool.run(1, 1, task("waits"));
    assertThat(pool.isWanted()).isTrue();
    assertThat(pool.help(2, task("not before a run"))).isFalse();
    end(1);
    assertThat(pool.isWanted()).isFalse();
    assertThat(started).hasSize(2);
  }

  @Test
  void theQueueIsBounded() {
    SyncPool pool = pool(1, 1);
    pool.run(1, 1, task("runs"));
    pool.run(1, 1, task("waits"));
    assertThatThrownBy(() -> pool.run(1, 1, task("too many")))
        .isInstanceOf(RejectedExecutionException.class);
    end(0);
    end(0);
    assertThat(done).containsExactly("runs", "waits");
  }
}

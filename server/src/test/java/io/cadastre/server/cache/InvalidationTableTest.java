package io.cadastre.server.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class InvalidationTableTest {
  private final InvalidationTable table = new InvalidationTable(1);
  private final List<String> done = new CopyOnWriteArrayList<>();

  /** An invalidation that comes between check and insertion has to wait, and then removes. */
  @Test
  void anInvalidationCannotComeBetweenCheckAndInsertion() throws Exception {
    CountDownLatch checked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread reader =
        new Thread(
            () ->
                table.insert(
                    1,
                    10,
                    () -> {
                      checked.countDown();
                      awaitUninterruptibly(goOn);
                      done.add("inserted");
                    }));
    reader.start();
    checked.await();
    Thread applier = new Thread(() -> table.invalidate(1, 11, () -> done.add("removed")));
    applier.start();
    await().until(() -> applier.getState() == Thread.State.BLOCKED);
    Thread wholesale = new Thread(() -> table.invalidateAll(12));
    wholesale.start();
    await().until(() -> wholesale.getState() == Thread.State.BLOCKED);
    assertThat(done).isEmpty();
    goOn.countDown();
    reader.join();
    applier.join();
    wholesale.join();
    assertThat(done).containsExactly("inserted", "removed");
    assertThat(table.insert(1, 11, () -> done.add("stale"))).isFalse();
    assertThat(table.insert(1, 12, () -> done.add("fresh"))).isTrue();
  }

  /** An insertion that comes between the noting of the index and the removal has to wait. */
  @Test
  void anInsertionCannotComeBetweenNotingAndRemoval() throws Exception {
    CountDownLatch noted = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread applier =
        new Thread(
            () ->
                table.invalidate(
                    1,
                    11,
                    () -> {
                      noted.countDown();
                      awaitUninterruptibly(goOn);
                      done.add("removed");
                    }));
    applier.start();
    noted.await();
    Thread reader = new Thread(() -> table.insert(1, 10, () -> done.add("stale")));
    reader.start();
    await().until(() -> reader.getState() == Thread.State.BLOCKED);
    goOn.countDown();
    applier.join();
    reader.join();
    assertThat(done).containsExactly("removed");
  }

  @Test
  void keysOfAllHashesFindAStripe() {
    InvalidationTable wide = new InvalidationTable(1024);
    for (int hash : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x9E3779B9}) {
      wide.invalidate(hash, 5, () -> done.add("removed"));
      assertThat(wide.insert(hash, 4, () -> done.add("stale"))).isFalse();
      assertThat(wide.insert(hash, 5, () -> {})).isTrue();
    }
    assertThat(done).hasSize(6).containsOnly("removed");
    assertThatThrownBy(() -> new InvalidationTable(3)).hasMessageContaining("power of two");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

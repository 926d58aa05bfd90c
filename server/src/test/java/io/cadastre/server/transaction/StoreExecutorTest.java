package io.cadastre.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Tasks run when the test says so, in the order in which the pool got them. */
class StoreExecutorTest {
  private final ArrayDeque<Runnable> pool = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private final StoreExecutor stores = new StoreExecutor(this::offer, 2, 1);
  private boolean full;

  private void offer(Runnable task) {
    if (full) {
      throw new RejectedExecutionException();
    }
    pool.add(task);
  }

  private void submit(long mount, String name) {
    stores.execute(mount, () -> ran.add(name));
  }

  @Test
  void aMountTakesOnlyItsShare() {
    submit(1, "a");
    submit(1, "b");
    submit(1, "c");
    assertThat(pool).hasSize(2);
    assertThatThrownBy(() -> submit(1, "d"))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    assertThatThrownBy(() -> stores.checkRoom(1)).isInstanceOf(MetadataException.class);
    stores.checkRoom(2);
    submit(2, "other");
    assertThat(pool).hasSize(3);
  }

  @Test
  void whatWaitsFollowsOnTheSameThread() {
    submit(1, "a");
    submit(1, "b");
    submit(1, "c");
    full = true;
    pool.poll().run();
    assertThat(ran).containsExactly("a", "c");
    pool.poll().run();
    full = false;
    submit(1, "e");
    pool.poll().run();
    assertThat(ran).containsExactly("a", "c", "b", "e");
  }

  @Test
  void aTaskThatFailsStopsNothing() {
    stores.execute(
        1,
        () -> {
          throw new IllegalStateException("planted");
        });
    stores.execute(
        1,
        () -> {
          throw new NoClassDefFoundError("planted");
        });
    submit(1, "b");
    pool.poll().run();
    pool.poll().run();
    assertThat(ran).containsExactly("b");
    submit(1, "c");
    submit(1, "d");
    assertThat(pool).as("both places are free again").hasSize(2);
  }

  @Test
  void aFullPoolRefusesAndForgets() {
    full = true;
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> submit(1, "x")).isInstanceOf(MetadataException.class);
    }
    full = false;
    submit(1, "y");
    pool.poll().run();
    assertThat(ran).containsExactly("y");
  }
}

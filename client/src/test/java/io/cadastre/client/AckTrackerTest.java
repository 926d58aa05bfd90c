package io.cadastre.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class AckTrackerTest {
  @Test
  void isHeldBackByTheOldestUnsettledOperation() {
    AckTracker acks = new AckTracker();
    assertThat(acks.ackedBelow()).isEqualTo(1);
    AckTracker.Entry first = acks.mint();
    AckTracker.Entry second = acks.mint();
    AckTracker.Entry third = acks.mint();

    acks.settle(second);
    assertThat(acks.ackedBelow()).isEqualTo(1);
    acks.settle(first);
    assertThat(acks.ackedBelow()).isEqualTo(3);
    acks.settle(third);
    assertThat(acks.ackedBelow()).isEqualTo(4);
    assertThatThrownBy(() -> acks.settle(third)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void agreesWithASetUnderRandomOrder() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AckTracker acks = new AckTracker();
    List<AckTracker.Entry> open = new ArrayList<>();
    TreeSet<Long> model = new TreeSet<>();
    long next = 1;
    for (int step = 0; step < 20_000; step++) {
      if (open.isEmpty() || random.nextInt(100) < 50) {
        AckTracker.Entry entry = acks.mint();
        assertThat(entry.sequence()).isEqualTo(next++);
        open.add(entry);
        model.add(entry.sequence());
      } else {
        AckTracker.Entry entry = open.remove(random.nextInt(open.size()));
        acks.settle(entry);
        model.remove(entry.sequence());
      }
      assertThat(acks.ackedBelow())
          .as("seed %d step %d", seed, step)
          .isEqualTo(model.isEmpty() ? next : model.first());
    }
  }
}

package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The writer's bounds and outcomes, on a real journal whose applier a test holds up. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JournalWriterTest {
  @TempDir Path directory;

  @Test
  void aFullQueueIsBusyAndClosingTellsEverybodyOnce() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 1).startAll()) {
      TestNode node = cluster.leader();
      JournalWriter writer = writer(node, new JournalWriter.Settings(1 << 20, 1, 2, 1 << 20, 3));
      CountDownLatch hold = new CountDownLatch(1);
      node.journal.engine().afterAll(() -> hold(hold));
      List<TestCluster.Outcome> taken = new ArrayList<>();
      // Two entries fly, three operations wait; the rest is refused.
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  TestCluster.Outcome outcome = new TestCluster.Outcome(cluster.create("x" + i));
                  writer.submit(outcome);
                  taken.add(outcome);
                  if (i < 2) {
                    await().until(() -> writer.queued() == 0);
                  }
                }
              })
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
      assertThat(taken).hasSize(5);
      assertThat(taken).noneSatisfy(o -> assertThat(o.told).isDone());

      writer.close();
      assertThat(taken.subList(0, 2)).allSatisfy(o -> assertThat(o.get()).isEqualTo("unknown"));
      assertThat(taken.subList(2, 5))
          .allSatisfy(o -> assertThat(o.get()).isEqualTo("refused NOT_LEADER"));

      // What was on its way takes effect all the same, and nobody is told a second time.
      hold.countDown();
      await().until(() -> TestCluster.has(node, "x1"));
      assertThat(TestCluster.has(node, "x2")).isFalse();
      assertThat(taken).allSatisfy(o -> assertThat(o.times).hasValue(1));
      assertThat(node.fatal).isEmpty();
    }
  }

  @Test
  void bytesAreBoundedToo() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 1).startAll()) {
      TestNode node = cluster.leader();
      JournalWriter writer = writer(node, new JournalWriter.Settings(1 << 20, 64, 1, 300, 1000));
      CountDownLatch hold = new CountDownLatch(1);
      node.journal.engine().afterAll(() -> hold(hold));
      TestCluster.Outcome first = new TestCluster.Outcome(cluster.create("first"));
      writer.submit(first);
      await().until(() -> writer.queued() == 0);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  writer.submit(new TestCluster.Outcome(cluster.create("x" + i)));
                }
              })
          .hasMessageContaining("queue is full");
      assertThat(writer.queued()).isBetween(1, 5);
      hold.countDown();
      assertThat(first.get()).isEqualTo("applied");
      writer.close();
    }
  }

  @Test
  void anEntryOfAnotherTermHasNoEffect() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 1).startAll()) {
      TestNode node = cluster.leader();
      long applied = node.applied();
      JournalWriter stale =
          new JournalWriter(
              node.journal,
              node.journal.leadingTerm() - 1,
              new ClusterClock(TimeSource.system(), 0),
              TestNode.WRITER,
              JournalMetrics.NONE);
      TestCluster.Outcome outcome = new TestCluster.Outcome(cluster.create("stale"));
      stale.submit(outcome);
      assertThat(outcome.get()).isEqualTo("refused NOT_LEADER");
      assertThat(node.applied()).isGreaterThan(applied);
      assertThat(TestCluster.has(node, "stale")).isFalse();
      stale.close();
      cluster.writeMany("a", 3);
    }
  }

  @Test
  void aLeaderWhoseEntriesDoNotGetOnGivesUp() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 1).startAll()) {
      TestNode node = cluster.leader();
      long term = node.journal.leadingTerm();
      CountDownLatch hold = new CountDownLatch(1);
      node.journal.engine().afterAll(() -> hold(hold));
      try (JournalWriter writer =
          new JournalWriter(
              node.journal,
              term,
              new ClusterClock(TimeSource.system(), 0),
              TestNode.WRITER,
              JournalMetrics.NONE,
              Duration.ofMillis(200))) {
        writer.submit(new TestCluster.Outcome(cluster.create("stuck")));
        await().until(() -> node.journal.leadingTerm() == 0);
      }
      hold.countDown();
      await().until(() -> node.journal.leadingTerm() > term);
      assertThat(TestCluster.has(node, "stuck")).isTrue();
      cluster.writeMany("a", 3);
    }
  }

  private static JournalWriter writer(TestNode node, JournalWriter.Settings settings) {
    return new JournalWriter(
        node.journal,
        node.journal.leadingTerm(),
        new ClusterClock(TimeSource.system(), 0),
        settings,
        JournalMetrics.NONE);
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.cadastre.journal.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It may say "perhaps" too often, but never "certainly not" of an answer that is there. */
class AnswerWindowsTest {
  private static final byte[] ROW = {1};

  @TempDir Path directory;
  private RocksInodeStore store;
  private StoreBatch batch;
  private AnswerWindows windows;

  @BeforeEach
  void open() {
    store = RocksInodeStore.open(directory, ApplyHarness.SETTINGS);
    batch = new StoreBatch(store);
    windows = new AnswerWindows(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void store(long client, long sequence) {
    windows.stored(batch, client, sequence);
    batch.put(Family.OPERATIONS, KeyLayout.operation(client, sequence), ROW);
  }

  private void commit() {
    batch.commit();
    windows.trim();
  }

  private boolean isStored(long client, long sequence) {
    return batch.get(Family.OPERATIONS, KeyLayout.operation(client, sequence)) != null;
  }

  private void watermark(long client, long below) {
    batch.deleteRange(
        Family.OPERATIONS, KeyLayout.operation(client, 0), KeyLayout.operation(client, below));
    batch.put(
        Family.OPERATIONS,
        KeyLayout.operation(client, KeyLayout.WATERMARK),
        ByteBuffer.allocate(16).putLong(below).putLong(0).array());
    windows.watermark(client, below);
  }

  @Test
  void whatIsStoredOrBelowAWatermarkIsNeverCalledNew() {
    Random random = new Random(11);
    long[] next = {1, 1, 50_000};
    long[] watermarks = new long[3];
    int asked = 0;
    int saved = 0;
    for (int step = 0; step < 60_000; step++) {
      int client = random.nextInt(3);
      // Mostly close to the newest, sometimes far behind, sometimes a leap.
      long sequence = next[client] + random.nextInt(40) - 10;
      if (random.nextInt(500) == 0) {
        sequence = next[client] - random.nextInt(20_000);
      } else if (random.nextInt(5_000) == 0) {
        sequence = next[client] + random.nextInt(30_000);
      }
      if (sequence < 1 || sequence < watermarks[client]) {
        continue;
      }
      asked++;
      if (windows.mayHave(client + 1, sequence)) {
        if (isStored(client + 1, sequence)) {
          continue;
        }
      } else {
        saved++;
        assertThat(isStored(client + 1, sequence)).as("%d:%d", client + 1, sequence).isFalse();
      }
      store(client + 1, sequence);
      next[client] = Math.max(next[client] + 1, sequence);
      if (random.nextInt(50) == 0) {
        commit();
      }
      if (random.nextInt(2_000) == 0) {
        watermarks[client] = Math.max(watermarks[client], next[client] - 5_000);
        watermark(client + 1, watermarks[client]);
        assertThat(windows.mayHave(client + 1, watermarks[client] - 1)).isTrue();
      }
      if (random.nextInt(10_000) == 0) {
        // As after a restart: what is stored is known only from the store.
        commit();
        windows = new AnswerWindows(store);
      }
    }
    assertThat(saved).isGreaterThan(asked / 2);
  }

  @Test
  void anAnswerAboveTheFirstOneSeenIsFound() {
    store(7, 20);
    store(7, 30);
    commit();
    windows = new AnswerWindows(store);
    store(7, 25);
    assertThat(windows.mayHave(7, 20)).isTrue();
    assertThat(windows.mayHave(7, 26)).isTrue();
    assertThat(windows.mayHave(7, 30)).isTrue();
    assertThat(windows.mayHave(7, 31)).isFalse();
    assertThat(windows.mayHave(8, 1)).isTrue();
  }

  @Test
  void aWatermarkThatIsNotCommittedYetCounts() {
    watermark(7, 100);
    store(7, 120);
    assertThat(windows.mayHave(7, 99)).isTrue();
    commit();
    assertThat(windows.mayHave(7, 99)).isTrue();
    assertThat(windows.mayHave(7, 121)).isFalse();
    watermark(7, 130);
    assertThat(windows.mayHave(7, 121)).isTrue();
  }

  @Test
  void aClientWithVeryManyAnswersAheadIsLeftToTheStore() {
    for (int i = 1_000; i < 3_000; i++) {
      store(7, i);
    }
    commit();
    windows = new AnswerWindows(store);
    store(7, 5);
    assertThat(windows.mayHave(7, 10_000)).isTrue();
  }

  @Test
  void tooManyClientsAreForgottenWhenNothingIsPending() {
    for (int client = 1; client <= 5_000; client++) {
      store(client, 1);
    }
    assertThat(windows.mayHave(1, 2)).isFalse();
    assertThat(windows.mayHave(5_000, 2)).isTrue();
    commit();
    assertThat(windows.mayHave(1, 2)).isTrue();
    store(5_000, 2);
    assertThat(windows.mayHave(5_000, 1)).isTrue();
    assertThat(windows.mayHave(5_000, 3)).isFalse();
  }
}

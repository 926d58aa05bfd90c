package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.path.NamespacePath;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that do not fit in memory. */
class DirectoryQueueTest {
  @TempDir Path directory;

  @Test
  void firstInFirstOutHoweverLittleFitsInMemory() {
    for (int inMemory : new int[] {1, 2, 7, 10_000}) {
      Random random = new Random(inMemory);
      Deque<NamespacePath> expected = new ArrayDeque<>();
      try (DirectoryQueue queue = new DirectoryQueue(directory, inMemory)) {
        for (int i = 0; i < 3_000; i++) {
          if (random.nextInt(5) < 3) {
            NamespacePath path = NamespacePath.of("/m/\ud83d\ude00\u00e4" + i);
            queue.add(path);
            expected.add(path);
          } else {
            assertThat(queue.poll()).isEqualTo(expected.poll());
          }
          assertThat(queue.size()).isEqualTo(expected.size());
        }
        assertThat(directory.toFile().listFiles(File::isFile)).isEmpty();
        while (!expected.isEmpty()) {
          assertThat(queue.poll()).isEqualTo(expected.poll());
        }
        assertThat(queue.poll()).isNull();
        assertThat(queue.size()).isZero();
      }
    }
  }
}

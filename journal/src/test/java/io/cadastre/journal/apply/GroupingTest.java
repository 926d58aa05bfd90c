package io.cadastre.journal.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.testing.RandomJournal;
import io.cadastre.journal.testing.RandomJournal.LogEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The state depends on the log alone: not on which entries the applier found queued together, nor
 * on where it was stopped and started again. One random log, applied with many groupings.
 */
class GroupingTest {
  private static final int ENTRIES = 600;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyGroupingGivesTheSameState(long seed) throws Exception {
    List<LogEntry> log = RandomJournal.log(seed, ENTRIES);
    List<String> oneByOne = apply("one", log, 1, 1, seed);
    assertThat(apply("all", log, 60, 60, seed)).isEqualTo(oneByOne);
    assertThat(apply("cuts-a", log, 1, 60, seed)).isEqualTo(oneByOne);
    assertThat(apply("cuts-b", log, 2, 9, seed + 1)).isEqualTo(oneByOne);
  }

  private List<String> apply(String name, List<LogEntry> log, int min, int max, long seed)
      throws Exception {
    Random random = new Random(seed);
    try (ApplyHarness harness = new ApplyHarness(directory.resolve(name))) {
      for (int from = 0; from < log.size(); ) {
        int size = min + random.nextInt(max - min + 1);
        int to = Math.min(log.size(), from + size);
        harness.applyTogether(log.subList(from, to));
        from = to;
      }
      if (min > 1) {
        assertThat(harness.batches).as("batches of more than one entry").anyMatch(n -> n > 1);
      }
      assertThat(harness.fatal).isNotDone();
      return content(harness);
    }
  }

  /** The hash, and rows of `state` that are content too; on a mismatch the rows tell where. */
  private static List<String> content(ApplyHarness harness) {
    List<String> content = new ArrayList<>();
    StateHash hash = harness.hash();
    assertThat(hash.rows()).isGreaterThan(100);
    content.add(hash.hash());
    HexFormat hex = HexFormat.of();
    try (AppliedView view = harness.engine.view()) {
      for (Family family : Family.values()) {
        try (RowCursor rows = view.scan(family, new byte[0], null)) {
          for (; rows.valid(); rows.next()) {
            content.add(
                family + " " + hex.formatHex(rows.key()) + " " + hex.formatHex(rows.value()));
          }
        }
      }
    }
    return content;
  }

  @Test
  void aRestartInTheMiddleGivesTheSameState() throws Exception {
    List<LogEntry> log = RandomJournal.log(42, ENTRIES);
    List<String> expected = apply("straight", log, 1, 20, 42);
    Path stopped = directory.resolve("stopped");
    int from = 0;
    for (int to : new int[] {7, 200, 201, 455, log.size()}) {
      try (ApplyHarness harness = new ApplyHarness(stopped)) {
        assertThat(harness.engine.applied().index()).isEqualTo(from - 1);
        harness.applyTogether(log.subList(from, to).subList(0, Math.min(50, to - from)));
        if (to - from > 50) {
          for (LogEntry entry : log.subList(from + 50, to)) {
            harness.put(entry);
          }
          harness.applyTogether(List.of());
        }
        from = to;
        if (to == log.size()) {
          assertThat(content(harness)).isEqualTo(expected);
        }
      }
    }
  }
}

package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.sync.ScheduleBook.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The schedule on a clock of its own. */
class ScheduleBookTest {
  private static final long HOUR = 3_600_000;
  private static final long START = 1_760_000_000_000L;

  private final ScheduleBook book = new ScheduleBook();
  private final Map<NamespacePath, Long> compared = new HashMap<>();
  private final List<Target> targets = new ArrayList<>();
  private long now = START;

  private NamespacePath target(String text, long interval) {
    NamespacePath path = NamespacePath.of(text);
    targets.add(new Target(path, interval, "policy " + text));
    book.targets(targets, now);
    return path;
  }

  private boolean isDue(NamespacePath path) {
    return book.isDue(path, compared.getOrDefault(path, 0L), now);
  }

  private void run(NamespacePath path, long tookMillis, boolean clean) {
    book.begun(path, compared.getOrDefault(path, 0L), now);
    if (clean) {
      compared.put(path, now);
    }
    now += tookMillis;
    book.ended(path, clean ? "OK" : "PARTIAL", now);
  }

  @Test
  void aNewPathIsComparedWithinAMinute() {
    NamespacePath path = target("/m", 24 * HOUR);
    now += 60_000;
    assertThat(isDue(path)).isTrue();
  }

  @Test
  void aPathIsNeverOlderThanItsInterval() {
    NamespacePath path = target("/m", HOUR);
    long took = 5 * 60_000;
    compared.put(path, now);
    for (int round = 0; round < 50; round++) {
      while (!isDue(path)) {
        now += 1_000;
      }
      long before = compared.get(path);
      run(path, took, true);
      // Until the new comparison has ended, the old one is what counts.
      if (round > 0) {
        assertThat(now - before).isLessThanOrEqualTo(HOUR + 1_000);
      }
      assertThat(isDue(path)).isFalse();
      assertThat(book.late(path, compared.get(path), now)).isNegative();
    }
  }

  @Test
  void pathsThatWereComparedTogetherDoNotStayTogether() {
    List<NamespacePath> paths = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      NamespacePath path = target("/m/part-" + i, HOUR);
      compared.put(path, now);
      paths.add(path);
    }
    List<Long> quarters = new ArrayList<>(List.of(0L, 0L, 0L, 0L));
    for (NamespacePath path : paths) {
      long early = now + HOUR - book.next(path, now);
      assertThat(early).isBetween(0L, HOUR / 4);
      int quarter = (int) Math.min(3, early * 16 / HOUR);
      quarters.set(quarter, quarters.get(quarter) + 1);
    }
    assertThat(quarters).allSatisfy(count -> assertThat(count).isBetween(60L, 140L));
  }

  @Test
  void aRunDoesNotOverlapItself() {
    NamespacePath path = target("/m", 1_000);
    now += 1_000;
    assertThat(isDue(path)).isTrue();
    book.begun(path, 0, now);
    now += 60_000;
    assertThat(isDue(path)).isFalse();
    assertThat(book.late(path, 0, now)).isEqualTo(60_000);
    book.ended(path, "OK", now);
    compared.put(path, now - 60_000);
    assertThat(isDue(path)).isTrue();
  }

  @Test
  void aFailureIsTriedAgainLessAndLessOften() {
    NamespacePath path = target("/m", 24 * HOUR);
    now += 60_000;
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      run(path, 100, false);
      pauses.add(book.next(path, 0) - now);
      assertThat(isDue(path)).isFalse();
      now += pauses.get(i);
      assertThat(isDue(path)).isTrue();
    }
    assertThat(pauses).containsExactly(5_000L, 10_000L, 20_000L, 40_000L, 80_000L);
    for (int i = 0; i < 40; i++) {
      run(path, 100, false);
    }
    assertThat(book.next(path, 0) - now).isEqualTo(12 * HOUR);
    assertThat(book.result(path)).isEqualTo("PARTIAL");
    run(path, 100, true);
    assertThat(book.next(path, compared.get(path))).isGreaterThan(now + 17 * HOUR);
  }

  @Test
  void aRunThatLeftNoMarkCountsAsFailed() {
    NamespacePath path = target("/m", HOUR);
    compared.put(path, now - 2 * HOUR);
    for (long pause : new long[] {5_000, 10_000, 20_000, 40_000}) {
      book.begun(path, compared.get(path), now);
      now += 10;
      book.ended(path, "OK", now);
      assertThat(book.next(path, compared.get(path)) - now).isEqualTo(pause);
      assertThat(isDue(path)).isFalse();
      now += pause;
      assertThat(isDue(path)).isTrue();
    }
  }

  @Test
  void aChangedScheduleHoldsAtOnceAndAnotherOneKeepsWhatIsKnown() {
    NamespacePath path = target("/m", 24 * HOUR);
    compared.put(path, now - HOUR);
    assertThat(isDue(path)).isFalse();
    targets.clear();
    target("/m", HOUR / 2);
    assertThat(isDue(path)).isTrue();
    run(path, 10, true);
    target("/other", HOUR);
    assertThat(isDue(path)).isFalse();
    assertThat(book.result(path)).isEqualTo("OK");
  }

  @Test
  void theEndOfARunWhoseScheduleIsGoneIsNoNews() {
    NamespacePath path = target("/m", HOUR);
    book.begun(path, 0, now);
    book.targets(List.of(), now);
    book.ended(path, "OK", now);
    book.targets(targets, now);
    assertThat(book.isRunning(path)).isFalse();
    assertThat(book.result(path)).isEmpty();
  }
}

package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final long FLIGHT = 2_000_000;

  private final Gathering gathering = new Gathering();
  private long now = 1_000_000_000_000L;

  /** An entry of so many operations was applied while so many waited. */
  private void applied(int operations, int queued) {
    gathering.finished(operations, queued, FLIGHT, now);
  }

  private boolean waits(int queued) {
    return gathering.nanosLeft(queued, now) > 0;
  }

  @Test
  void aWriterThatHasSentNothingDoesNotWait() {
    assertThat(waits(1)).isFalse();
  }

  @Test
  void aCallerThatIsAloneNeverWaits() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(waits(1)).isFalse();
      gathering.leaves(1, now);
      applied(1, 0);
    }
  }

  @Test
  void twoHalvesOfTheCallersBecomeOneEntry() {
    gathering.leaves(64, now);
    applied(64, 64);
    assertThat(waits(64)).isTrue();
    assertThat(waits(127)).isTrue();
    assertThat(waits(128)).isFalse();
    gathering.leaves(128, now);
    applied(128, 0);
    assertThat(waits(1)).isTrue();
    assertThat(waits(128)).isFalse();
  }

  @Test
  void waitsForHalfOfWhatAnEntryTakes() {
    applied(64, 64);
    assertThat(gathering.nanosLeft(64, now)).isEqualTo(FLIGHT / 2);
    now += FLIGHT / 2;
    assertThat(waits(64)).isFalse();
  }

  @Test
  void neverWaitsLongerThanFiveMilliseconds() {
    gathering.finished(64, 64, 1_000_000_000, now);
    assertThat(gathering.nanosLeft(64, now)).isEqualTo(5_000_000);
  }

  @Test
  void callersThatDoNotComeBackAreSoonNotWaitedFor() {
    int waited = 0;
    for (int i = 0; i < 1_000; i++) {
      applied(10, 10);
      if (waits(10)) {
        waited++;
      }
      now += FLIGHT / 2;
      gathering.leaves(15, now);
    }
    assertThat(waited).isBetween(15, 25);
    // They come back after all: at the latest after 64 entries it is seen.
    for (int i = 0; i < 64; i++) {
      applied(10, 10);
      if (waits(10)) {
        break;
      }
      gathering.leaves(10, now);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(waits(19)).isTrue();
      gathering.leaves(20, now);
      applied(20, 0);
    }
  }

  @Test
  void anEntryThatLeavesEarlyIsNoMiss() {
    for (int i = 0; i < 100; i++) {
      applied(1_000, 1_000);
      assertThat(waits(1_000)).as("entry %s", i).isTrue();
      gathering.leaves(1_200, now + FLIGHT / 4);
    }
  }
}

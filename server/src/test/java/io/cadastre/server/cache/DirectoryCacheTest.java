package io.cadastre.server.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectoryCacheTest {
  private final DirectoryCache cache = new DirectoryCache(100);

  private static DirectoryEntry entry(long id, long readIndex) {
    return new DirectoryEntry(id, 0755, "alice", "staff", (byte) 0, readIndex);
  }

  @Test
  void givesBackWhatWasPut() {
    assertThat(cache.get(1, "a", 10)).isNull();
    assertThat(cache.put(1, "a", entry(7, 10))).isTrue();
    assertThat(cache.get(1, "a", 10)).isEqualTo(entry(7, 10));
    assertThat(cache.get(1, "b", 10)).isNull();
    assertThat(cache.get(2, "a", 10)).isNull();
    assertThat(cache.hits().sum()).isEqualTo(1);
    assertThat(cache.misses().sum()).isEqualTo(3);
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void anOlderViewBypassesANewerEntry() {
    cache.put(1, "a", entry(7, 10));
    assertThat(cache.get(1, "a", 9)).isNull();
    assertThat(cache.get(1, "a", 11)).isNotNull();
  }

  @Test
  void aViewTakenBeforeTheInvalidationCannotInsertAfterIt() {
    // The reader has view 10 and has read the row; the applier changes it at 11; the reader is
    // late.
    cache.invalidate(1, "a", 11);
    assertThat(cache.put(1, "a", entry(7, 10))).isFalse();
    assertThat(cache.get(1, "a", 11)).isNull();
    assertThat(cache.refusals().sum()).isEqualTo(1);
  }

  @Test
  void aViewTakenAtTheInvalidationOrLaterMayInsert() {
    cache.invalidate(1, "a", 11);
    assertThat(cache.put(1, "a", entry(8, 11))).isTrue();
    assertThat(cache.get(1, "a", 11)).isEqualTo(entry(8, 11));
    assertThat(cache.put(1, "a", entry(8, 12))).isTrue();
  }

  @Test
  void invalidationRemovesWhatIsThere() {
    cache.put(1, "a", entry(7, 10));
    cache.put(1, "b", entry(8, 10));
    cache.invalidate(1, "a", 11);
    assertThat(cache.get(1, "a", 10)).isNull();
    assertThat(cache.get(1, "b", 11)).isNotNull();
  }

  @Test
  void anEarlierIndexDoesNotLowerALaterOne() {
    cache.invalidate(1, "a", 20);
    cache.invalidate(1, "a", 15);
    assertThat(cache.put(1, "a", entry(7, 17))).isFalse();
    cache.clear(18);
    assertThat(cache.put(1, "a", entry(7, 19))).isFalse();
  }

  @Test
  void clearForgetsAllAndRefusesWhatWasReadBefore() {
    for (int i = 0; i < 50; i++) {
      cache.put(1, "d" + i, entry(i, 10));
    }
    cache.clear(11);
    for (int i = 0; i < 50; i++) {
      assertThat(cache.get(1, "d" + i, 11)).isNull();
      assertThat(cache.put(1, "d" + i, entry(i, 10))).isFalse();
      assertThat(cache.put(1, "d" + i, entry(i, 11))).isTrue();
    }
  }

  @Test
  void holdsNoMoreThanItsBound() {
    for (int i = 0; i < 10_000; i++) {
      cache.put(i, "d", entry(i, 10));
      assertThat(cache.size()).isLessThanOrEqualTo(101);
    }
  }

  @Test
  void zeroEntriesSwitchItOff() {
    DirectoryCache off = new DirectoryCache(0);
    off.put(1, "a", entry(7, 10));
    assertThat(off.get(1, "a", 10)).isNull();
    assertThat(off.size()).isZero();
  }
}

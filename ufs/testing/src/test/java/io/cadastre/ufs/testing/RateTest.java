package io.cadastre.ufs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.time.ManualTimeSource;
import io.cadastre.ufs.decorate.MountLimits;
import io.cadastre.ufs.decorate.RatedUnderFileSystem;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of a mount, on a clock that only the waits themselves move. */
class RateTest {
  private final String name = "rated-" + UUID.randomUUID();
  private final MemoryStore memory = MemoryStore.named(name);
  private final ManualTimeSource time = new ManualTimeSource();
  private final List<Long> waits = new ArrayList<>();
  private final UnderFileSystem store =
      new RatedUnderFileSystem(
          new UnderFileSystems()
              .open(memory.uri(), UfsSettings.of(Map.of()).withListingPageEntries(2)),
          100,
          waits::add,
          time,
          nanos -> time.advance(Duration.ofNanos(nanos)));

  @AfterEach
  void forget() {
    MemoryStore.forget(name);
  }

  @Test
  void requestsGoAtTheRate() {
    long start = time.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      store.status("a", soon());
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - start);
    // Ten seconds' worth, but for the tenth of a second that may go at once.
    assertThat(millis).isBetween(9_800L, 10_000L);
    assertThat(waits).hasSizeBetween(980, 1_000);
  }

  @Test
  void aQuietTimeIsNotSavedUp() {
    time.advance(Duration.ofHours(1));
    for (int i = 0; i < 11; i++) {
      store.status("a", soon());
    }
    assertThat(waits).isEmpty();
    store.status("a", soon());
    assertThat(waits).hasSize(1);
  }

  @Test
  void everyKindOfRequestCountsAndEachPage() {
    for (int i = 0; i < 5; i++) {
      memory.write("f" + i, 1);
    }
    time.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 11; i++) {
      store.status("f0", soon());
    }
    assertThat(waits).isEmpty();
    store.rootIdentity(soon());
    assertThat(waits).as("the look at the root comes with each request").isEmpty();
    AbstractUnderFileSystemTest.readAll(store, "", null);
    assertThat(waits).hasSize(3);
    store.createFile("g", UfsAttributes.NONE, soon());
    store.createDirectory("d", UfsAttributes.NONE, soon());
    store.setAttributes("g", UfsAttributes.NONE, soon());
    store.rename("g", "h", null, soon());
    store.delete("h", null, soon());
    store.deleteRecursive("d", soon());
    assertThat(waits).hasSize(9);
  }

  @Test
  void aTurnAfterTheDeadlineIsNotWaitedForNorTaken() {
    UnderFileSystem slow =
        new RatedUnderFileSystem(
            new UnderFileSystems().open(memory.uri(), Map.of()), 1, waits::add, time, nanos -> {});
    slow.status("a", soon());
    long sent = memory.requests(StoreOperation.STATUS);
    for (int i = 0; i < 3; i++) {
      assertThat(slow.status("a", StoreDeadline.afterMillis(500)))
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> {
                assertThat(unknown.cause().kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(unknown.reason()).contains("limit of 1 requests a second");
              });
      assertThatThrownBy(() -> slow.delete("a", null, StoreDeadline.afterMillis(500)))
          .isInstanceOf(UfsException.class);
    }
    assertThat(memory.requests(StoreOperation.STATUS)).isEqualTo(sent);
    assertThat(waits).isEmpty();
    assertThat(slow.status("a", soon())).isEqualTo(StoreLookup.ABSENT);
    assertThat(waits).hasSize(1);
  }

  @Test
  void limitsAreTakenOutOfTheOptions() {
    Map<String, String> options =
        Map.of("requests.per.second", "50", "requests.concurrency", " 8 ", "region", "x");
    MountLimits limits = MountLimits.of(options);
    assertThat(limits.requestsPerSecond()).hasValue(50);
    assertThat(limits.concurrency()).hasValue(8);
    assertThat(MountLimits.others(options)).containsExactly(Map.entry("region", "x"));
    assertThat(MountLimits.of(Map.of()).concurrency()).isEmpty();
    for (String bad : List.of("0", "-1", "1.5", "many", "", "99999999999")) {
      assertThatThrownBy(() -> MountLimits.of(Map.of("requests.per.second", bad)))
          .as(bad)
          .isInstanceOf(MetadataException.class)
          .hasMessageContaining("requests.per.second")
          .hasMessageContaining("a whole number from 1 to 1000000");
    }
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }
}

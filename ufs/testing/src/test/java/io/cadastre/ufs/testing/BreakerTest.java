package io.cadastre.ufs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.time.ManualTimeSource;
import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.decorate.BreakerObserver;
import io.cadastre.ufs.decorate.BreakerSettings;
import io.cadastre.ufs.decorate.BreakerUnderFileSystem;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
import io.cadastre.ufs.decorate.RatedUnderFileSystem;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that is left alone while it does not answer, on a clock that the test moves. */
class BreakerTest {
  private static final int FAILURES = 3;

  private final String name = "broken-" + UUID.randomUUID();
  private final MemoryStore memory = MemoryStore.named(name);
  private final UnderFileSystem files = new UnderFileSystems().open(memory.uri(), Map.of());
  private final ManualTimeSource time = new ManualTimeSource();
  private final Told told = new Told();
  private final BreakerUnderFileSystem store = around(files);

  private static final class Told implements BreakerObserver {
    private int opened;
    private int closed;
    private int refused;

    @Override
    public void opened() {
      opened++;
    }

    @Override
    public void closed() {
      closed++;
    }

    @Override
    public void refused() {
      refused++;
    }
  }

  private BreakerUnderFileSystem around(UnderFileSystem inner) {
    return new BreakerUnderFileSystem(inner, settings(Duration.ofSeconds(1)), time, told);
  }

  private static BreakerSettings settings(Duration patience) {
    return new BreakerSettings(
        FAILURES, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofSeconds(4), patience);
  }

  @AfterEach
  void forget() {
    MemoryStore.forget(name);
  }

  @Test
  void failuresInARowOpenItAndNothingIsSent() {
    open();
    long sent = requests();
    StoreLookup answer = store.status("a", soon());
    assertThat(answer)
        .isInstanceOfSatisfying(
            StoreLookup.Unknown.class,
            unknown -> {
              assertThat(unknown.cause().kind()).isEqualTo(Kind.UNAVAILABLE);
              assertThat(unknown.cause().retryable()).isTrue();
              assertThat(unknown.reason())
                  .contains("circuit open since 2026-01-01T00:00:00Z")
                  .contains("next try in 1000 ms")
                  .contains("injected UNAVAILABLE");
            });
    for (Runnable any :
        new Runnable[] {
          () -> store.rootIdentity(soon()),
          () -> store.list("", null, soon()),
          () -> store.createDirectory("d", UfsAttributes.NONE, soon()),
          () -> store.createFile("f", UfsAttributes.NONE, soon()),
          () -> store.delete("f", null, soon()),
          () -> store.deleteRecursive("f", soon()),
          () -> store.rename("f", "g", null, soon()),
          () -> store.setAttributes("f", UfsAttributes.NONE, soon())
        }) {
      assertThatThrownBy(any::run)
          .isInstanceOfSatisfying(
              UfsException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    }
    assertThat(requests()).isEqualTo(sent);
    assertThat(told.opened).isEqualTo(1);
    assertThat(told.refused).isEqualTo(9);
  }

  @Test
  void oneProbeClosesIt() {
    open();
    memory.faults().clear();
    time.advance(Duration.ofMillis(999));
    assertThat(sends()).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(sends()).isTrue();
    assertThat(store.isOpen()).isFalse();
    assertThat(sends()).isTrue();
    assertThat(told.closed).isEqualTo(1);
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    open();
    for (int seconds : new int[] {1, 2, 4, 4}) {
      time.advance(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(sends()).as("before " + seconds + " s").isFalse();
      time.advance(Duration.ofMillis(1));
      assertThat(sends()).as("after " + seconds + " s").isTrue();
      assertThat(store.isOpen()).isTrue();
    }
    memory.faults().clear();
    time.advance(Duration.ofSeconds(4));
    assertThat(sends()).isTrue();
    // The next time it begins with the shortest pause again.
    open();
    time.advance(Duration.ofSeconds(1));
    assertThat(sends()).isTrue();
  }

  @Test
  void onlyOneRequestAtATimeIsTheProbe() {
    open();
    memory.faults().clear();
    Gate gate = memory.faults().on(StoreOperation.STATUS).at("slow").pause();
    time.advance(Duration.ofSeconds(1));
    CompletableFuture<StoreLookup> probe =
        CompletableFuture.supplyAsync(() -> store.status("slow", soon()));
    gate.awaitArrival();
    assertThat(store.status("a", soon()))
        .isInstanceOfSatisfying(
            StoreLookup.Unknown.class,
            unknown -> assertThat(unknown.reason()).contains("a request is trying it now"));
    gate.release();
    assertThat(probe.join()).isEqualTo(StoreLookup.ABSENT);
    assertThat(store.status("a", soon())).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void anAnswerBetweenFailuresStartsTheCountAnew() {
    memory.faults().on(StoreOperation.STATUS).at("bad").fail(Kind.UNAVAILABLE);
    memory.faults().on(StoreOperation.STATUS).at("denied").fail(Kind.DENIED);
    for (int i = 0; i < 10; i++) {
      store.status("bad", soon());
      store.status("bad", soon());
      // A refusal is an answer.
      store.status("denied", soon());
    }
    assertThat(store.isOpen()).isFalse();
  }

  @Test
  void failuresThatAreFarApartDoNotOpenIt() {
    memory.faults().on(StoreOperation.STATUS).fail(Kind.UNAVAILABLE);
    for (int i = 0; i < 10; i++) {
      store.status("a", soon());
      time.advance(Duration.ofSeconds(31));
    }
    assertThat(store.isOpen()).isFalse();
    store.status("a", soon());
    store.status("a", soon());
    assertThat(store.isOpen()).isTrue();
  }

  @Test
  void aRequestThatWasWaitedForInVainCounts() {
    memory
        .faults()
        .on(StoreOperation.STATUS)
        .run(
            () -> {
              time.advance(Duration.ofSeconds(2));
              throw new UfsException(Kind.UNKNOWN, "timed out");
            });
    for (int i = 0; i < FAILURES; i++) {
      assertThat(store.isOpen()).isFalse();
      store.status("a", soon());
    }
    assertThat(store.isOpen()).isTrue();
  }

  @Test
  void anErrorAtOnceAndACallerInAHurryDoNotCount() {
    memory.faults().on(StoreOperation.STATUS).fail(Kind.UNKNOWN);
    for (int i = 0; i < 10; i++) {
      store.status("a", soon());
    }
    memory.faults().clear();
    for (int i = 0; i < 10; i++) {
      assertThat(store.status("a", StoreDeadline.afterMillis(0)))
          .isInstanceOf(StoreLookup.Unknown.class);
    }
    assertThat(store.isOpen()).isFalse();
  }

  @Test
  void aMountsOwnLimitDoesNotCount() {
    BreakerUnderFileSystem limited =
        around(new RatedUnderFileSystem(files, 1, nanos -> {}, time, nanos -> {}));
    StoreDeadline brief = StoreDeadline.after(Duration.ofSeconds(2));
    int refused = 0;
    for (int i = 0; i < 20; i++) {
      refused += limited.status("a", brief) instanceof StoreLookup.Unknown ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(10);
    assertThat(limited.isOpen()).isFalse();
  }

  @Test
  void pagesCountAsRequests() {
    memory.write("a", 1);
    memory.faults().on(StoreOperation.PAGE).fail(Kind.UNAVAILABLE);
    // Opening a listing is no answer between them.
    for (int i = 0; i < FAILURES; i++) {
      assertThat(store.isOpen()).isFalse();
      aPageFails();
    }
    assertThat(store.isOpen()).isTrue();
    // Nor does it close the circuit: the page is the request that tries the store.
    time.advance(Duration.ofSeconds(1));
    aPageFails();
    assertThat(store.isOpen()).isTrue();
    memory.faults().clear();
    time.advance(Duration.ofSeconds(2));
    try (UfsListing listing = store.list("", null, soon())) {
      assertThat(store.isOpen()).isTrue();
      listing.next(soon());
      assertThat(store.isOpen()).isFalse();
    }
  }

  @Test
  void aListingThatCannotBeOpenedCounts() {
    memory.faults().on(StoreOperation.LIST).fail(Kind.UNAVAILABLE);
    for (int i = 0; i < FAILURES; i++) {
      assertThat(store.isOpen()).isFalse();
      assertThatThrownBy(() -> store.list("", null, soon())).isInstanceOf(UfsException.class);
    }
    assertThat(store.isOpen()).isTrue();
  }

  private void aPageFails() {
    try (UfsListing listing = store.list("", null, soon())) {
      assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(UfsException.class);
    }
  }

  @Test
  void zeroFailuresTurnItOff() {
    BreakerUnderFileSystem never =
        new BreakerUnderFileSystem(
            files,
            new BreakerSettings(
                0, Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)),
            time,
            told);
    memory.faults().on(StoreOperation.STATUS).fail(Kind.UNAVAILABLE);
    for (int i = 0; i < 100; i++) {
      never.status("a", soon());
    }
    assertThat(never.isOpen()).isFalse();
  }

  @Test
  void aStoreThatHangsForRealIsLeftAlone() {
    Gate gate = memory.faults().on(StoreOperation.STATUS).pause();
    try (DeadlineUnderFileSystem cutOff = new DeadlineUnderFileSystem(files, 8)) {
      BreakerUnderFileSystem guarded =
          new BreakerUnderFileSystem(
              cutOff, settings(Duration.ofMillis(200)), TimeSource.system(), told);
      for (int i = 0; i < FAILURES; i++) {
        assertThat(guarded.isOpen()).isFalse();
        assertThat(guarded.status("a", StoreDeadline.afterMillis(250)))
            .isInstanceOf(StoreLookup.Unknown.class);
      }
      assertThat(guarded.isOpen()).isTrue();
      assertThat(cutOff.stuckRequests()).isEqualTo(FAILURES);
      assertThat(guarded.status("a", StoreDeadline.afterMillis(250)))
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> assertThat(unknown.reason()).contains("circuit open since"));
      assertThat(cutOff.stuckRequests()).isEqualTo(FAILURES);
    } finally {
      gate.release();
    }
  }

  private void open() {
    memory.faults().on(StoreOperation.STATUS).fail(Kind.UNAVAILABLE);
    for (int i = 0; i < FAILURES; i++) {
      assertThat(store.isOpen()).isFalse();
      store.status("a", soon());
    }
    assertThat(store.isOpen()).isTrue();
  }

  private boolean sends() {
    long before = requests();
    store.status("a", soon());
    return requests() > before;
  }

  private long requests() {
    long sum = 0;
    for (StoreOperation operation : StoreOperation.values()) {
      sum += memory.requests(operation);
    }
    return sum;
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }
}

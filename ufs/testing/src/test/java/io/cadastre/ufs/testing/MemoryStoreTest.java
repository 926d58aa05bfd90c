package io.cadastre.ufs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  private final String name = "faults-" + UUID.randomUUID();
  private final MemoryStore store = MemoryStore.named(name);
  private final UnderFileSystem files =
      new UnderFileSystems().open(store.uri(), UfsSettings.of(Map.of()).withListingPageEntries(2));

  @AfterEach
  void forget() {
    MemoryStore.forget(name);
  }

  @Test
  void failsTheCallsThatAreNamed() {
    store.write("a/f", 1);
    store.faults().on(StoreOperation.STATUS).under("a").call(2).times(1).fail(Kind.UNKNOWN);
    assertThat(lookup("a/f")).isInstanceOf(StoreLookup.Present.class);
    assertThat(lookup("")).isInstanceOf(StoreLookup.Present.class);
    assertThat(lookup("a/f")).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(lookup("a/f")).isInstanceOf(StoreLookup.Present.class);
    assertThat(store.requests(StoreOperation.STATUS)).isEqualTo(4);
  }

  @Test
  void failsAListingAfterItsFirstPage() {
    for (String file : List.of("a", "b", "c", "d", "e")) {
      store.write(file, 1);
    }
    store.faults().on(StoreOperation.PAGE).at("").page(1).fail(Kind.UNKNOWN);
    try (UfsListing listing = files.list("", null, soon())) {
      assertThat(listing.next(soon()).entries()).hasSize(2);
      assertKind(Kind.UNKNOWN, () -> listing.next(soon()));
      assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void pausesBetweenPagesWhileTheStoreChanges() throws Exception {
    for (String file : List.of("a", "b", "c", "d")) {
      store.write(file, 1);
    }
    Gate gate = store.faults().on(StoreOperation.PAGE).page(1).pause();
    try (UfsListing listing = files.list("", null, soon())) {
      listing.next(soon());
      CompletableFuture<UfsListing.Page> second =
          CompletableFuture.supplyAsync(() -> listing.next(soon()));
      gate.awaitArrival();
      store.remove("c");
      store.write("e", 1);
      assertThat(second).isNotDone();
      gate.release();
      assertThat(second.get(10, TimeUnit.SECONDS).entries().stream().map(UfsStatus::name))
          .containsExactly("d", "e");
    }
  }

  @Test
  void aListingOfAReplacedDirectoryFails() {
    store.write("d/a", 1);
    store.write("d/b", 1);
    store.write("d/c", 1);
    try (UfsListing listing = files.list("d", null, soon())) {
      listing.next(soon());
      store.remove("d");
      store.mkdirs("d");
      assertKind(Kind.UNKNOWN, () -> listing.next(soon()));
    }
  }

  @Test
  void losesTheAnswerOfWhatItHasDone() {
    store.faults().on(StoreOperation.CREATE_FILE).times(1).loseAnswer();
    assertKind(Kind.UNKNOWN, () -> files.createFile("f", UfsAttributes.NONE, soon()));
    assertThat(store.exists("f")).isTrue();
    store.faults().on(StoreOperation.DELETE).fail(Kind.UNKNOWN);
    assertKind(Kind.UNKNOWN, () -> files.delete("f", null, soon()));
    assertThat(store.exists("f")).isTrue();
    store.faults().clear();
    files.delete("f", null, soon());
    assertThat(store.exists("f")).isFalse();
  }

  @Test
  void aDelayEndsAtTheDeadlineAsUnknown() {
    store.faults().on(StoreOperation.STATUS).delay(Duration.ofSeconds(60));
    assertThat(files.status("nothing", StoreDeadline.afterMillis(20)))
        .isInstanceOf(StoreLookup.Unknown.class);
    store.faults().clear();
    store.faults().on().delay(Duration.ofMillis(1));
    assertThat(lookup("nothing")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void aVanishedRootIsUnknownAndComesBack() {
    store.write("f", 1);
    store.setGone(true);
    assertThat(lookup("f")).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(lookup("nothing")).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(lookup("")).isInstanceOf(StoreLookup.Unknown.class);
    assertKind(Kind.UNKNOWN, () -> files.list("", null, soon()));
    assertKind(Kind.UNKNOWN, () -> files.rootIdentity(soon()));
    store.setGone(false);
    assertThat(lookup("f")).isInstanceOf(StoreLookup.Present.class);
  }

  @Test
  void aRootBelowTheTopThatIsRemovedIsUnknown() {
    store.write("a/b/f", 1);
    UnderFileSystem below = new UnderFileSystems().open(store.uri() + "a/b", Map.of());
    assertThat(below.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
    String before = below.rootIdentity(soon());
    store.remove("a/b");
    assertThat(below.status("f", soon())).isInstanceOf(StoreLookup.Unknown.class);
    store.mkdirs("a/b");
    assertThat(below.rootIdentity(soon())).isNotEqualTo(before);
  }

  @Test
  void anotherIdentityShows() {
    String before = files.rootIdentity(soon());
    store.setIdentity("another disk");
    assertThat(files.rootIdentity(soon())).isNotEqualTo(before);
  }

  @Test
  void unreadableEntriesAreNamed() {
    store.write("a", 1);
    store.mkdirs("d");
    store.setUnreadable("a", "permission denied");
    store.setUnreadable("d", "permission denied");
    try (UfsListing listing = files.list("", null, soon())) {
      UfsListing.Page page = listing.next(soon());
      assertThat(page.entries()).extracting(UfsStatus::name).containsExactly("d");
      assertThat(page.unreadable())
          .containsExactly(new UfsListing.UnreadableEntry("a", true, "permission denied"));
    }
    assertThat(lookup("a")).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(lookup("d/x")).isInstanceOf(StoreLookup.Unknown.class);
    assertKind(Kind.DENIED, () -> files.list("d", null, soon()));
  }

  @Test
  void timesComeFromItsClock() {
    store.clock(() -> 42_000);
    store.write("f", 1);
    assertThat(store.peek("f").mtimeMillis()).isEqualTo(42_000);
    assertThat(store.peek("nothing")).isNull();
  }

  private StoreLookup lookup(String path) {
    return files.status(path, soon());
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }

  private static void assertKind(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }
}

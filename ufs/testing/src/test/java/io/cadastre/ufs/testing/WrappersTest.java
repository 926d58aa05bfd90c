package io.cadastre.ufs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.ufs.decorate.CountingUnderFileSystem;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
import io.cadastre.ufs.decorate.RootGuardUnderFileSystem;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wrappers of `ufs.decorate`, around a store that can be made to hang. */
class WrappersTest {
  private final String name = "wrapped-" + UUID.randomUUID();
  private final MemoryStore store = MemoryStore.named(name);
  private final UnderFileSystem files =
      new UnderFileSystems().open(store.uri(), UfsSettings.of(Map.of()).withListingPageEntries(2));
  private final List<Gate> gates = new ArrayList<>();

  @AfterEach
  void release() {
    gates.forEach(Gate::release);
    MemoryStore.forget(name);
  }

  @Test
  void aHungLookupIsCutOffAsUnknown() {
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2)) {
      Gate gate = hang(StoreOperation.STATUS);
      StoreLookup answer = guarded.status("f", brief());
      assertThat(answer)
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> {
                assertThat(unknown.reason()).contains("timed out after");
                assertThat(unknown.cause().kind()).isEqualTo(Kind.UNKNOWN);
              });
      assertThat(guarded.stuckRequests()).isEqualTo(1);
      gate.release();
      await().until(() -> guarded.stuckRequests() == 0);
      assertThat(guarded.status("f", soon())).isEqualTo(StoreLookup.ABSENT);
    }
  }

  @Test
  void whenAllThreadsAreStuckCallsFailAtOnceUntilOneComesBack() {
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2)) {
      Gate gate = hang(StoreOperation.STATUS);
      guarded.status("a", brief());
      guarded.status("b", brief());
      assertThat(guarded.stuckRequests()).isEqualTo(2);
      long listings = store.requests(StoreOperation.LIST);
      long start = System.nanoTime();
      assertThatThrownBy(() -> guarded.list("", null, soon()))
          .isInstanceOfSatisfying(
              UfsException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(e.retryable()).isTrue();
                assertThat(e.getMessage()).contains("does not answer");
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(store.requests(StoreOperation.LIST)).isEqualTo(listings);
      assertThat(guarded.status("c", soon())).isInstanceOf(StoreLookup.Unknown.class);
      gate.release();
      await().until(() -> guarded.stuckRequests() == 0);
      guarded.list("", null, soon()).close();
    }
  }

  @Test
  void aCallerWithoutAThreadWaitsForOneOnlyToItsDeadline() {
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 1)) {
      Gate gate = hang(StoreOperation.STATUS);
      CompletableFuture<StoreLookup> first =
          CompletableFuture.supplyAsync(() -> guarded.status("a", soon()));
      gate.awaitArrival();
      assertKind(Kind.UNAVAILABLE, () -> guarded.delete("x", null, brief()));
      assertThat(store.requests(StoreOperation.DELETE)).isZero();
      CompletableFuture<StoreLookup> second =
          CompletableFuture.supplyAsync(() -> guarded.status("b", soon()));
      gate.release();
      assertThat(first.join()).isEqualTo(StoreLookup.ABSENT);
      assertThat(second.join()).isEqualTo(StoreLookup.ABSENT);
    }
  }

  @Test
  void aMutationThatIsCutOffIsUnknownAndMayStillHappen() {
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2)) {
      Gate gate = hang(StoreOperation.CREATE_FILE);
      assertKind(Kind.UNKNOWN, () -> guarded.createFile("f", UfsAttributes.NONE, brief()));
      assertThat(store.exists("f")).isFalse();
      gate.release();
      await().until(() -> store.exists("f"));
    }
  }

  @Test
  void aPageThatIsCutOffFailsTheListing() {
    store.write("a", 1);
    store.write("b", 1);
    store.write("c", 1);
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2)) {
      Gate gate = new Gate();
      gates.add(gate);
      store.faults().on(StoreOperation.PAGE).page(1).run(gate::pass);
      UfsListing listing = guarded.list("", null, soon());
      assertThat(listing.next(soon()).entries()).hasSize(2);
      assertKind(Kind.UNKNOWN, () -> listing.next(brief()));
      assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(IllegalStateException.class);
      listing.close();
      gate.release();
      await().until(() -> guarded.stuckRequests() == 0);
    }
  }

  @Test
  void failuresOfTheStorePassThrough() {
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2)) {
      assertKind(Kind.ABSENT, () -> guarded.list("nothing", null, soon()));
      assertKind(Kind.ABSENT, () -> guarded.delete("nothing", null, soon()));
      assertThat(guarded.createDirectory("d", UfsAttributes.NONE, soon()).isDirectory()).isTrue();
      assertThatThrownBy(() -> guarded.status("/x", soon()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertKind(Kind.UNAVAILABLE, () -> files.list("", null, soon()));
  }

  @Test
  void anotherRootIsNeitherBelievedNorWrittenTo() {
    store.write("f", 1);
    RootGuardUnderFileSystem guarded =
        new RootGuardUnderFileSystem(files, files.rootIdentity(soon()));
    assertThat(guarded.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
    assertThat(guarded.status("nothing", soon())).isEqualTo(StoreLookup.ABSENT);
    store.setIdentity("another disk");
    for (String path : List.of("f", "nothing", "")) {
      assertThat(guarded.status(path, soon()))
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> assertThat(unknown.cause().kind()).isEqualTo(Kind.ROOT_CHANGED));
    }
    assertKind(Kind.ROOT_CHANGED, () -> guarded.list("", null, soon()));
    assertKind(Kind.ROOT_CHANGED, () -> guarded.createFile("g", UfsAttributes.NONE, soon()));
    assertKind(Kind.ROOT_CHANGED, () -> guarded.deleteRecursive("f", soon()));
    assertThat(store.exists("f")).isTrue();
    assertThat(store.exists("g")).isFalse();
    store.setGone(true);
    assertKind(Kind.UNAVAILABLE, () -> guarded.delete("f", null, soon()));
  }

  @Test
  void aRootThatChangesDuringAListingFailsItsLastPage() {
    for (String file : List.of("a", "b", "c", "d")) {
      store.write(file, 1);
    }
    RootGuardUnderFileSystem guarded =
        new RootGuardUnderFileSystem(files, files.rootIdentity(soon()));
    try (UfsListing listing = guarded.list("", null, soon())) {
      assertThat(listing.next(soon()).last()).isFalse();
      store.setIdentity("another disk");
      store.remove("");
      assertKind(Kind.ROOT_CHANGED, () -> listing.next(soon()));
    }
  }

  @Test
  void requestsAreCountedByKind() {
    store.write("a", 1);
    store.write("b", 1);
    store.write("c", 1);
    CountingUnderFileSystem counted = new CountingUnderFileSystem(files);
    AbstractUnderFileSystemTest.readAll(counted, "", null);
    CountingUnderFileSystem.Counts listed = counted.counts();
    assertThat(listed).isEqualTo(new CountingUnderFileSystem.Counts(0, 1, 0, 0, 2, 3, 0, 0));
    counted.status("a", soon());
    counted.rootIdentity(soon());
    assertKind(Kind.ABSENT, () -> counted.delete("nothing", null, soon()));
    assertThat(counted.counts().since(listed))
        .isEqualTo(new CountingUnderFileSystem.Counts(1, 0, 0, 0, 0, 0, 1, 1));
    store.setFlat(true);
    CountingUnderFileSystem.Counts before = counted.counts();
    counted.splitPoints("", 2, soon());
    AbstractUnderFileSystemTest.readAllFlat(counted, "", null, null);
    assertThat(counted.counts().since(before))
        .isEqualTo(new CountingUnderFileSystem.Counts(0, 0, 1, 1, 2, 3, 0, 0));
  }

  @Test
  void aHungPageOfAFlatListingIsCutOff() {
    store.setFlat(true);
    store.write("a", 1);
    try (DeadlineUnderFileSystem guarded = new DeadlineUnderFileSystem(files, 2);
        UfsFlatListing listing = guarded.listFlat("", null, null, soon())) {
      Gate gate = hang(StoreOperation.FLAT_PAGE);
      assertKind(Kind.UNKNOWN, () -> listing.next(brief()));
      assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(IllegalStateException.class);
      gate.release();
    }
  }

  @Test
  void aFlatListingOfAnotherRootIsNotBelieved() {
    store.setFlat(true);
    store.write("a", 1);
    RootGuardUnderFileSystem guarded =
        new RootGuardUnderFileSystem(files, files.rootIdentity(soon()));
    try (UfsFlatListing listing = guarded.listFlat("", null, null, soon())) {
      store.setIdentity("another");
      assertKind(Kind.ROOT_CHANGED, () -> listing.next(soon()));
    }
    assertKind(Kind.ROOT_CHANGED, () -> guarded.listFlat("", null, null, soon()));
  }

  private Gate hang(StoreOperation operation) {
    Gate gate = store.faults().on(operation).pause();
    gates.add(gate);
    return gate;
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }

  private static StoreDeadline brief() {
    return StoreDeadline.afterMillis(100);
  }

  private static void assertKind(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }
}

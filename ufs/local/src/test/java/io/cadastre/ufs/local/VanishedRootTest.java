package io.cadastre.ufs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root, or a directory, that goes away or is replaced is never taken for deletions. */
class VanishedRootTest {
  @TempDir Path directory;
  private Path root;
  private UnderFileSystem store;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    Files.createDirectory(root.resolve("d"));
    for (int i = 0; i < 1_000; i++) {
      Files.createFile(root.resolve("d/f" + i));
    }
    store = new UnderFileSystems().open(root.toString(), Map.of());
  }

  @Test
  void aRootThatIsGoneMakesEverythingUnknown() throws IOException {
    String identity = store.rootIdentity(soon());
    Path aside = Files.move(root, directory.resolve("aside"));
    for (String path : List.of("", "d", "d/f1", "nothing", "no/way")) {
      assertThat(store.status(path, soon()))
          .as(path)
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> assertThat(unknown.reason()).contains("is gone"));
      assertKind(Kind.UNKNOWN, () -> store.list(path, null, soon()));
    }
    assertKind(Kind.UNKNOWN, () -> store.rootIdentity(soon()));
    assertThatThrownBy(() -> store.createFile("x", UfsAttributes.NONE, soon()))
        .isInstanceOf(UfsException.class);
    Files.createFile(root);
    assertThat(store.status("", soon())).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(store.status("d", soon())).isInstanceOf(StoreLookup.Unknown.class);
    Files.delete(root);
    Files.move(aside, root);
    assertThat(store.status("d/f1", soon())).isInstanceOf(StoreLookup.Present.class);
    assertThat(store.rootIdentity(soon())).isEqualTo(identity);
  }

  @Test
  void anotherDirectoryInItsPlaceHasAnotherIdentity() throws IOException {
    String identity = store.rootIdentity(soon());
    Files.move(root, directory.resolve("aside"));
    Files.createDirectory(root);
    assertThat(store.rootIdentity(soon())).isNotEqualTo(identity);
  }

  @Test
  void aDirectoryMovedAwayWhileListedIsUnknown() throws IOException {
    try (UfsListing listing = store.list("d", null, soon())) {
      Files.move(root.resolve("d"), directory.resolve("aside"));
      assertKind(Kind.UNKNOWN, () -> listing.next(soon()));
    }
  }

  @Test
  void aDirectoryReplacedWhileListedIsUnknown() throws IOException {
    try (UfsListing listing = store.list("d", null, soon())) {
      Files.move(root.resolve("d"), directory.resolve("aside"));
      Files.createDirectory(root.resolve("d"));
      assertKind(Kind.UNKNOWN, () -> listing.next(soon()));
    }
    assertThat(Listings.readAll(store, "d").entries()).isEmpty();
  }

  @Test
  void aDirectoryReplacedBetweenTwoPagesIsUnknown() throws IOException {
    try (UnderFileSystem byHundreds =
            new UnderFileSystems()
                .open(root.toString(), UfsSettings.of(Map.of()).withListingPageEntries(100));
        UfsListing listing = byHundreds.list("d", null, soon())) {
      assertThat(listing.next(soon()).entries()).hasSize(100);
      Path aside = Files.move(root.resolve("d"), directory.resolve("aside"));
      Files.createDirectory(root.resolve("d"));
      assertKind(Kind.UNKNOWN, () -> listing.next(soon()));
      Files.delete(root.resolve("d"));
      Files.move(aside, root.resolve("d"));
    }
    assertThat(Listings.readAll(store, "d").entries()).hasSize(1_000);
  }

  @Test
  void filesThatVanishWhileListedAreAbsent() throws IOException {
    try (UfsListing listing = store.list("d", null, soon())) {
      for (int i = 0; i < 1_000; i += 2) {
        Files.delete(root.resolve("d/f" + i));
      }
      assertThat(Listings.readAll(listing).entries()).hasSize(500);
    }
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

package io.cadastre.ufs.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.StoreRequests.Kind;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that other programs write and that are no paths, or not in an order to rely on. */
class OddKeysTest {
  private final S3Server server = new S3Server();
  private final UnderFileSystem store = server.open("root");

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(60));
  }

  private void write(String... keys) {
    for (String key : keys) {
      server.objects.write(S3Server.BUCKET, "root/" + key, 1);
    }
  }

  private static UfsListing.Page list(UnderFileSystem from, String path, String startAfter) {
    List<UfsStatus> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>();
    try (UfsListing listing = from.list(path, startAfter, soon())) {
      UfsListing.Page page;
      do {
        page = listing.next(soon());
        entries.addAll(page.entries());
        unreadable.addAll(page.unreadable());
      } while (!page.last());
    }
    return new UfsListing.Page(entries, unreadable, true);
  }

  private List<String> names(String path) {
    return list(store, path, null).entries().stream().map(UfsStatus::name).toList();
  }

  private UfsFlatListing.Page flat(String path, String startAfter, String endAt) {
    List<UfsFlatListing.Entry> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>();
    try (UfsFlatListing listing = store.listFlat(path, startAfter, endAt, soon())) {
      UfsFlatListing.Page page;
      do {
        page = listing.next(soon());
        entries.addAll(page.entries());
        unreadable.addAll(page.unreadable());
      } while (!page.last());
    }
    return new UfsFlatListing.Page(entries, unreadable, true);
  }

  @Test
  void theDirectoryWinsOverTheFileOfItsName() {
    write("a", "a-b", "a.c", "a/b", "b", "z");
    UfsListing.Page page = list(store, "", null);
    assertThat(page.entries().stream().map(UfsStatus::name))
        .containsExactly("a", "a-b", "a.c", "b", "z");
    assertThat(page.entries().get(0).isDirectory()).isTrue();
    assertThat(page.unreadable()).singleElement().isEqualTo(Unmirrored.hidden("a"));
    assertThat(store.status("a", soon()))
        .isInstanceOfSatisfying(
            StoreLookup.Present.class, found -> assertThat(found.status().isDirectory()).isTrue());
    UfsFlatListing.Page flat = flat("", null, null);
    assertThat(flat.entries().stream().map(UfsFlatListing.Entry::key))
        .containsExactly("a-b", "a.c", "a/b", "b", "z");
    assertThat(flat.unreadable()).containsExactly(Unmirrored.hidden("a"));
    // The directory begins behind the range.
    assertThat(flat("", null, "a-b").unreadable()).containsExactly(Unmirrored.hidden("a"));
  }

  @Test
  void whatXmlCannotSayIsListed() {
    write("c/a\u0001b", "c/plain", "c/x y+z%20", "c/\uFFFE");
    assertThat(names("c")).containsExactly("a\u0001b", "plain", "x y+z%20", "\uFFFE");
    assertThat(store.status("c/a\u0001b", soon())).isInstanceOf(StoreLookup.Present.class);
    assertThat(store.status("c/x y+z%20", soon())).isInstanceOf(StoreLookup.Present.class);
  }

  @Test
  void keysThatAreNoPathsAreReported() {
    String tooLong = "x".repeat(256);
    write("d//x", "d/./y", "d/../z", "d/ok", "d/" + tooLong, "d/" + tooLong + "/f", "/top");
    UfsListing.Page page = list(store, "d", null);
    assertThat(page.entries().stream().map(UfsStatus::name)).containsExactly("ok");
    assertThat(page.unreadable().stream().map(UnreadableEntry::name))
        .containsExactlyInAnyOrder("", ".", "..", tooLong, tooLong);
    assertThat(page.unreadable()).noneMatch(UnreadableEntry::exact);
    assertThat(flat("d", null, null).unreadable()).hasSize(5);
    assertThat(list(store, "", null).unreadable()).hasSize(1);
    store.deleteRecursive("d", soon());
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root//top");
  }

  @Test
  void oddCharactersTravelInBothDirections() {
    List<String> odd =
        List.of("a b", "a+b", "a%2Bb", "%", "&?=#", "\u00e9", "\ud83d\ude00", "a;b", "~", "'\"<>");
    for (String name : odd) {
      write("in/" + name, "in/dir " + name + "/f");
      store.createDirectory("out " + name, UfsAttributes.NONE, soon());
    }
    assertThat(names("in")).hasSize(2 * odd.size()).containsAll(odd);
    for (String name : odd) {
      assertThat(store.status("in/" + name, soon())).isInstanceOf(StoreLookup.Present.class);
      assertThat(names("in/dir " + name)).containsExactly("f");
      store.rename("in/" + name, "out " + name + "/moved", null, soon());
      assertThat(names("out " + name)).containsExactly("moved");
    }
  }

  @Test
  void markersAreDirectoriesWhateverIsInThem() {
    write("m/", "n/x/", "n/y");
    assertThat(list(store, "", null).entries()).allMatch(UfsStatus::isDirectory).hasSize(2);
    assertThat(names("m")).isEmpty();
    assertThat(names("n")).containsExactly("x", "y");
    assertThat(flat("", null, null).entries().stream().map(UfsFlatListing.Entry::key))
        .containsExactly("m/", "n/x/", "n/y");
  }

  @Test
  void aDirectoryStaysWhenItsLastEntryGoes() {
    write("d/e/f", "d/e/g", "moved/h");
    store.delete("d/e/f", null, soon());
    store.rename("d/e/g", "top", null, soon());
    store.deleteRecursive("moved/h", soon());
    assertThat(names("d/e")).isEmpty();
    assertThat(names("moved")).isEmpty();
    assertThat(names("")).containsExactly("d", "moved", "top");
    store.delete("d/e", null, soon());
    assertThat(names("d")).isEmpty();
  }

  @Test
  void manyNamesBeforeADirectoryAreNotKeptInMemory() {
    // All of them sort before the key `part/`, and behind the name `part`.
    TreeSet<String> expected = new TreeSet<>(NamespacePath::compareNames);
    for (int i = 0; i < 7_500; i++) {
      write(String.format("with/part-%06d", i), String.format("without/part-%06d", i));
      expected.add(String.format("part-%06d", i));
    }
    write("with/part/x", "with/pa", "with/part0");
    assertThat(names("without")).containsExactlyElementsOf(expected);
    expected.addAll(List.of("part", "pa", "part0"));
    StoreRequests before = store.requests();
    assertThat(names("with")).containsExactlyElementsOf(expected);
    StoreRequests sent = store.requests().since(before);
    assertThat(sent.of(Kind.LIST)).isEqualTo(9);
    assertThat(sent.total()).isEqualTo(9);
    // The file that a directory hides is far from it.
    write("with/part");
    assertThat(names("with")).containsExactlyElementsOf(expected);
    assertThat(list(store, "with", null).unreadable()).hasSize(1);
    assertThat(flat("with", null, null).unreadable()).containsExactly(Unmirrored.hidden("part"));
  }

  @Test
  void pagesAndLookupsCostFewRequests() {
    for (int i = 0; i < 2_500; i++) {
      write("p/f" + i);
    }
    StoreRequests before = store.requests();
    assertThat(names("p")).hasSize(2_500);
    assertThat(store.requests().since(before).of(Kind.LIST)).isEqualTo(3);
    before = store.requests();
    store.status("p/f1", soon());
    store.status("p", soon());
    assertThat(store.requests().since(before).total()).isEqualTo(2);
    before = store.requests();
    assertThat(store.splitPoints("p", 8, soon())).isNotEmpty();
    assertThat(store.requests().since(before).total()).isLessThanOrEqualTo(2 * 8 + 8);
  }

  @Test
  void anOrderOfOtherUnitsIsFoundOut() {
    try (S3Server java = new S3Server(S3Server.UTF16, AuthenticationType.AWS_V4, null);
        UnderFileSystem sorted = java.open("")) {
      for (int i = 0; i < 600; i++) {
        java.objects.write(S3Server.BUCKET, "d/\ue000" + i, 1);
        java.objects.write(S3Server.BUCKET, "d/\ud83d\ude00" + i, 1);
      }
      for (String key : List.of("a", "e/\ud83d\ude00/x", "e/\ue000", "e/z")) {
        java.objects.write(S3Server.BUCKET, key, 1);
      }
      assertOutOfOrder(() -> list(sorted, "d", null));
      // Begun behind a name, such a store would leave out what sorts elsewhere.
      assertOutOfOrder(() -> list(sorted, "d", "\ue000"));
      assertOutOfOrder(
          () -> {
            try (UfsFlatListing listing = sorted.listFlat("d", null, "\ue0009", soon())) {
              while (!listing.next(soon()).last()) {
                continue;
              }
            }
          });
      // What comes in one page is whole in any order.
      assertThat(list(sorted, "", null).entries()).hasSize(3);
      assertThat(list(sorted, "e", null).entries().stream().map(UfsStatus::name))
          .containsExactly("z", "\ue000", "\ud83d\ude00");
      assertThat(list(sorted, "e", "\ue000").entries().stream().map(UfsStatus::name))
          .containsExactly("\ud83d\ude00");
      assertThat(sorted.status("d/\ud83d\ude001", soon())).isInstanceOf(StoreLookup.Present.class);
      assertThat(sorted.status("d/\ud83d\ude00x", soon())).isEqualTo(StoreLookup.ABSENT);
    }
  }

  private static void assertOutOfOrder(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(UfsException.Kind.UNKNOWN);
              assertThat(e).hasMessageContaining("not in the order of UTF-8 bytes");
            });
  }

  @Test
  void largeObjectsAreCopiedInPartsWithTheirMetadata() {
    Map<String, String> options = server.options();
    options.put("s3.single.copy.max", "5MB");
    options.put("s3.conditions", "on");
    server.objects.write(S3Server.BUCKET, "root/big", (12 << 20) + 1, Map.of("kept", "yes"));
    try (UnderFileSystem parts = S3Server.open("root", options)) {
      StoreRequests before = parts.requests();
      UfsStatus moved = parts.rename("big", "bigger", null, soon());
      assertThat(moved.size()).isEqualTo((12 << 20) + 1);
      assertThat(moved.fingerprint()).endsWith("-3");
      assertThat(parts.requests().since(before).of(Kind.COPY)).isEqualTo(3);
    }
    assertThat(server.objects.peek(S3Server.BUCKET, "root/bigger").metadata())
        .containsEntry("kept", "yes");
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root/bigger");
    assertThat(server.objects.openUploads()).isZero();
  }
}

package io.cadastre.ufs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link UnderFileSystem} promises, as tests. A store's module extends it; where stores may
 * differ, the store's `supportsX()` says which way it goes.
 */
public abstract class AbstractUnderFileSystemTest {
  private UnderFileSystem store;

  /** Opens the store over a root that exists and is empty before each test. */
  protected abstract UnderFileSystem open(UfsSettings settings) throws Exception;

  /** Writes a file of so many bytes as another program would; its directory exists. */
  protected abstract void writeOutside(String path, int size) throws Exception;

  /** Makes a symbolic link as another program would; called only if the store has links. */
  protected abstract void linkOutside(String path, String target) throws Exception;

  /** Settings to open with. */
  protected UfsSettings settings() {
    return UfsSettings.of(Map.of());
  }

  @BeforeEach
  final void openStore() throws Exception {
    store = open(settings());
  }

  @AfterEach
  final void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  protected final UnderFileSystem store() {
    return store;
  }

  /** A deadline that no healthy store needs. */
  protected static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }

  // Lookups.

  @Test
  void theRootIsAPresentDirectoryWithoutAName() {
    UfsStatus root = present("");
    assertThat(root.name()).isEmpty();
    assertThat(root.isDirectory()).isTrue();
    assertThat(root.size()).isZero();
  }

  @Test
  void whatIsNotThereIsAbsent() {
    assertThat(lookup("nothing")).isEqualTo(StoreLookup.ABSENT);
    assertThat(lookup("no/such/way")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void whatIsBelowAFileIsAbsent() {
    file("f");
    assertThat(lookup("f/x")).isEqualTo(StoreLookup.ABSENT);
    assertThat(lookup("f/x/y")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void aStatusNamesTheLastComponent() throws Exception {
    directory("a");
    writeOutside("a/file", 17);
    UfsStatus status = present("a/file");
    assertThat(status.name()).isEqualTo("file");
    assertThat(status.isFile()).isTrue();
    assertThat(status.size()).isEqualTo(17);
    assertThat(status.linkTarget()).isEmpty();
    assertThat(present("a").kind()).isEqualTo(UfsStatus.Kind.DIRECTORY);
  }

  @Test
  void malformedPathsAreDefectsOfTheCaller() {
    for (String path : List.of("/a", "a/", "a//b", ".", "..", "a/../b", "a\0b", "\ud800")) {
      assertThatThrownBy(() -> store.status(path, soon()))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.deleteRecursive(path, soon()))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aPassedDeadlineMakesTheAnswerUnknown() {
    file("f");
    StoreDeadline passed = StoreDeadline.afterMillis(0);
    assertThat(store.status("f", passed)).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(store.status("nothing", passed)).isInstanceOf(StoreLookup.Unknown.class);
    assertFails(Kind.UNAVAILABLE, () -> store.createDirectory("d", UfsAttributes.NONE, passed));
    assertFails(Kind.UNAVAILABLE, () -> store.delete("f", null, passed));
    assertThat(lookup("d")).isEqualTo(StoreLookup.ABSENT);
    assertThat(present("f").isFile()).isTrue();
    assertThatThrownBy(
            () -> {
              try (UfsListing listing = store.list("", null, passed)) {
                listing.next(passed);
              }
            })
        .isInstanceOf(UfsException.class);
  }

  @Test
  void theRootsIdentityStaysWhileItsContentChanges() throws Exception {
    String before = store.rootIdentity(soon());
    assertThat(before).isNotBlank().hasSizeLessThanOrEqualTo(512);
    directory("d");
    writeOutside("d/f", 1);
    assertThat(store.rootIdentity(soon())).isEqualTo(before);
    store.close();
    assertFails(Kind.UNAVAILABLE, () -> store.rootIdentity(soon()));
  }

  @Test
  void aClosedStoreKnowsNothing() {
    file("f");
    store.close();
    store.close();
    assertThat(store.status("f", soon())).isInstanceOf(StoreLookup.Unknown.class);
    assertThat(store.status("nothing", soon())).isInstanceOf(StoreLookup.Unknown.class);
    assertFails(Kind.UNAVAILABLE, () -> store.list("", null, soon()));
  }

  @Test
  void urisLeadToPaths() {
    assertThat(store.uriOf("a/b c")).endsWith("/a/b c").startsWith(store.type() + "://");
  }

  // Listings.

  @Test
  void anEmptyDirectoryHasOneEmptyLastPage() {
    directory("empty");
    try (UfsListing listing = store.list("empty", null, soon())) {
      UfsListing.Page page = listing.next(soon());
      assertThat(page.entries()).isEmpty();
      assertThat(page.unreadable()).isEmpty();
      assertThat(page.last()).isTrue();
      assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void namesAscendInUnsignedUtf8Bytes() {
    List<String> inOrder =
        List.of(
            " ",
            "!",
            "A",
            "B",
            "a",
            "a b",
            "a!",
            "a-b",
            "a.b",
            "a0",
            "aa",
            "b",
            "~",
            "\u007f",
            "\u00e9",
            "\u0416",
            "\u4e2d",
            "\ud7ff",
            "\ue000",
            "\uff5e",
            "\uffee",
            "\ud800\udc00",
            "\ud835\udcb3",
            "\ud83d\ude00");
    List<String> shuffled = new ArrayList<>(inOrder);
    Collections.shuffle(shuffled, new Random(7));
    for (int i = 0; i < shuffled.size(); i++) {
      if (i % 2 == 0) {
        file(shuffled.get(i));
      } else {
        directory(shuffled.get(i));
      }
    }
    assertThat(names("")).containsExactlyElementsOf(inOrder);
  }

  @Test
  void aListingShowsChildrenOnlyAndInNameOrder() {
    // As texts of whole paths a-b and a.b sort between a and a/c; as names they follow a.
    directory("a");
    file("a/c");
    file("a-b");
    file("a.b");
    assertThat(names("")).containsExactly("a", "a-b", "a.b");
    assertThat(names("a")).containsExactly("c");
  }

  @Test
  void aListingSaysWhatALookupSays() throws Exception {
    directory("d");
    directory("d/sub");
    writeOutside("d/x", 3);
    if (store.supportsSymbolicLinks()) {
      linkOutside("d/link", "x");
    }
    for (UfsStatus entry : entries("d")) {
      assertThat(present("d/" + entry.name())).isEqualTo(entry);
    }
  }

  @Test
  void aListingBeginsAfterAName() {
    for (String name : List.of("a", "b", "c", "d")) {
      file(name);
    }
    assertThat(names("", "b")).containsExactly("c", "d");
    assertThat(names("", "bb")).containsExactly("c", "d");
    assertThat(names("", "d")).isEmpty();
    assertThat(names("", "A")).containsExactly("a", "b", "c", "d");
  }

  @Test
  void listingWhatIsNoDirectoryFails() {
    file("f");
    directory("d");
    assertFails(Kind.ABSENT, () -> names("nothing"));
    assertFails(Kind.ABSENT, () -> names("d/nothing"));
    assertFails(Kind.NOT_A_DIRECTORY, () -> names("f"));
    assertFails(Kind.NOT_A_DIRECTORY, () -> names("f/x"));
  }

  @Test
  void oddNamesAreKeptAsTheyAre() {
    List<String> odd =
        List.of(
            "%20",
            "*",
            "-rf",
            "\\",
            "\\x41",
            "a\nb",
            "a\tb",
            "e\u0301",
            "nul",
            "q?x=1#y",
            "{}",
            "\ufffd",
            "x".repeat(255));
    for (String name : odd) {
      file(name);
    }
    assertThat(names("")).containsExactlyInAnyOrderElementsOf(odd);
    for (String name : odd) {
      assertThat(present(name).name()).isEqualTo(name);
      store.delete(name, null, soon());
    }
    assertThat(names("")).isEmpty();
  }

  @Test
  void aLargeDirectoryComesInPagesEachEntryOnce() throws Exception {
    int count = 10_000;
    directory("big");
    Set<String> made = new HashSet<>();
    Random random = new Random(11);
    while (made.size() < count) {
      String name = "part-" + Integer.toHexString(random.nextInt());
      if (made.add(name)) {
        writeOutside("big/" + name, 0);
      }
    }
    List<String> seen = new ArrayList<>();
    int pages = 0;
    try (UfsListing listing = store.list("big", null, soon())) {
      UfsListing.Page page;
      do {
        page = listing.next(soon());
        page.entries().forEach(entry -> seen.add(entry.name()));
        assertThat(page.unreadable()).isEmpty();
        pages++;
      } while (!page.last());
    }
    assertThat(pages).isGreaterThanOrEqualTo(count / settings().listingPageEntries());
    assertThat(seen).isSortedAccordingTo(NamespacePath::compareNames).hasSize(count);
    assertThat(new HashSet<>(seen)).isEqualTo(made);
    String middle = seen.get(count / 2);
    assertThat(names("big", middle)).isEqualTo(seen.subList(count / 2 + 1, count));
  }

  @Test
  void aListingThatIsClosedEarlyLeavesTheStoreUsable() {
    file("f");
    UfsListing listing = store.list("", null, soon());
    listing.close();
    listing.close();
    assertThatThrownBy(() -> listing.next(soon())).isInstanceOf(IllegalStateException.class);
    assertThat(names("")).containsExactly("f");
  }

  // Flat listings.

  @Test
  void aFlatListingIsOfferedOrRefused() {
    if (store.supportsFlatListing()) {
      assertThat(readAllFlat(store, "", null, null).entries()).isEmpty();
      assertThat(readAllFlat(store, "nothing", null, null).entries()).isEmpty();
      assertThat(store.splitPoints("", 4, soon())).isEmpty();
    } else {
      assertFails(Kind.UNSUPPORTED, () -> store.listFlat("", null, null, soon()));
      assertFails(Kind.UNSUPPORTED, () -> store.splitPoints("", 4, soon()));
    }
  }

  @Test
  void aFlatListingIsTheTreeInTheOrderOfKeys() throws Exception {
    assumeTrue(store.supportsFlatListing(), "the store lists flat");
    plant();
    assertSameAsTree("");
    assertSameAsTree("t");
    assertSameAsTree("t/a");
    assertThat(keys("t", null, null)).contains("a-b", "a/c/d", "a0").doesNotContain("", "/");
  }

  @Test
  void aFlatListingKeepsToItsRange() throws Exception {
    assumeTrue(store.supportsFlatListing(), "the store lists flat");
    plant();
    List<String> all = keys("t", null, null);
    for (String from : List.of("", "a", "a-", "a-b", "a/", "a/c", "b", "zz", "\ud83d\ude00")) {
      for (String to : List.of("a", "a-b", "a/", "a/c/d", "b", "zz", "\uffee", "\ud83d\ude00x")) {
        assertThat(keys("t", from, to))
            .as("after '" + from + "' to '" + to + "'")
            .containsExactlyElementsOf(
                all.stream()
                    .filter(key -> NamespacePath.compareNames(key, from) > 0)
                    .filter(key -> NamespacePath.compareNames(key, to) <= 0)
                    .toList());
      }
    }
  }

  @Test
  void rangesBetweenSplitPointsMakeTheWhole() throws Exception {
    assumeTrue(store.supportsFlatListing(), "the store lists flat");
    directory("s");
    for (int i = 0; i < 2_500; i++) {
      writeOutside("s/part-" + String.format("%05d", i * 7), 0);
    }
    List<String> all = keys("s", null, null);
    assertThat(all).hasSize(2_500);
    for (int ranges : new int[] {1, 2, 5, 16}) {
      List<String> points = store.splitPoints("s", ranges, soon());
      assertThat(points)
          .hasSizeLessThan(ranges)
          .isSortedAccordingTo(NamespacePath::compareNames)
          .doesNotHaveDuplicates();
      if (ranges > 1) {
        assertThat(points).isNotEmpty();
      }
      List<String> joined = new ArrayList<>();
      String from = null;
      for (String point : points) {
        joined.addAll(keys("s", from, point));
        from = point;
      }
      joined.addAll(keys("s", from, null));
      assertThat(joined).containsExactlyElementsOf(all);
    }
  }

  private void plant() throws Exception {
    directory("t");
    directory("t/a");
    directory("t/a/c");
    directory("t/empty");
    directory("t/\ud83d\ude00");
    directory("u");
    for (String path :
        List.of(
            "t/a-b",
            "t/a.b",
            "t/a0",
            "t/a/c/d",
            "t/a/c-d",
            "t/a/c!",
            "t/b",
            "t/\u00e9",
            "t/\uffee",
            "t/\ud83d\ude00/x",
            "t/\ud83d\ude00-x",
            "t2",
            "u/v")) {
      writeOutside(path, path.length());
    }
  }

  private void assertSameAsTree(String path) {
    List<UfsFlatListing.Entry> flat = readAllFlat(store, path, null, null).entries();
    List<String> keys = flat.stream().map(UfsFlatListing.Entry::key).toList();
    assertThat(keys).isSortedAccordingTo(NamespacePath::compareNames).doesNotHaveDuplicates();
    for (UfsFlatListing.Entry entry : flat) {
      assertThat(entry.key().endsWith("/")).isEqualTo(entry.status().isDirectory());
      assertThat(present(UfsPath.child(path, entry.path()))).isEqualTo(entry.status());
    }
    List<String> tree = new ArrayList<>();
    walk(path, "", tree);
    Set<String> implied = new HashSet<>(tree);
    implied.removeAll(keys);
    // Only directories may be left out, and only by stores where names imply them.
    assertThat(implied).allMatch(key -> !store.supportsDirectories() && key.endsWith("/"));
    assertThat(tree).containsAll(keys);
  }

  private void walk(String path, String prefix, List<String> keys) {
    for (UfsStatus entry : entries(path)) {
      keys.add(prefix + entry.name() + (entry.isDirectory() ? "/" : ""));
      if (entry.isDirectory()) {
        walk(UfsPath.child(path, entry.name()), prefix + entry.name() + "/", keys);
      }
    }
  }

  private List<String> keys(String path, String startAfter, String endAt) {
    return readAllFlat(store, path, startAfter, endAt).entries().stream()
        .map(UfsFlatListing.Entry::key)
        .toList();
  }

  // Creating.

  @Test
  void creatingIsExclusive() {
    assertThat(directory("d").isDirectory()).isTrue();
    assertThat(file("f").size()).isZero();
    for (String taken : List.of("d", "f")) {
      assertFails(Kind.EXISTS, () -> directory(taken));
      assertFails(Kind.EXISTS, () -> file(taken));
    }
    assertThat(present("d").isDirectory()).isTrue();
    assertThat(present("f").isFile()).isTrue();
  }

  @Test
  void creatingNeedsAParentDirectory() {
    file("f");
    assertFails(Kind.ABSENT, () -> directory("no/d"));
    assertFails(Kind.ABSENT, () -> file("no/f"));
    assertFails(Kind.NOT_A_DIRECTORY, () -> directory("f/d"));
    assertFails(Kind.NOT_A_DIRECTORY, () -> file("f/f"));
    assertThat(lookup("no")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void creatingAnswersWhatIsThere() {
    UfsStatus made =
        store.createFile(
            "f", UfsAttributes.NONE.withMode(0640).withMtimeMillis(1_500_000_000_123L), soon());
    assertThat(made).isEqualTo(present("f"));
    assertThat(made.name()).isEqualTo("f");
    if (store.supportsOwnership()) {
      assertThat(made.mode()).isEqualTo(0640);
      assertThat(store.createDirectory("d", UfsAttributes.NONE.withMode(01777), soon()).mode())
          .isEqualTo(01777);
    }
    if (store.supportsModificationTimes()) {
      assertThat(made.mtimeMillis()).isEqualTo(1_500_000_000_123L);
    }
  }

  @Test
  void onlyOneOfManyCreatesTheSame() throws Exception {
    List<Kind> outcomes = atOnce(8, i -> file("same"));
    assertThat(outcomes).filteredOn(kind -> kind == null).hasSize(1);
    assertThat(outcomes).filteredOn(kind -> kind == Kind.EXISTS).hasSize(7);
  }

  // Deleting.

  @Test
  void deletingTakesFilesAndEmptyDirectories() {
    file("f");
    directory("d");
    directory("full");
    file("full/x");
    store.delete("f", null, soon());
    store.delete("d", null, soon());
    assertFails(Kind.NOT_EMPTY, () -> store.delete("full", null, soon()));
    assertFails(Kind.ABSENT, () -> store.delete("f", null, soon()));
    assertFails(Kind.ABSENT, () -> store.delete("no/way", null, soon()));
    assertThat(names("")).containsExactly("full");
    assertThat(names("full")).containsExactly("x");
  }

  @Test
  void deletingMayBeConditional() throws Exception {
    writeOutside("f", 1);
    String seen = present("f").fingerprint();
    assumeFalse(seen.isEmpty(), "the store has fingerprints");
    writeOutside("f", 2);
    assertFails(Kind.PRECONDITION, () -> store.delete("f", seen, soon()));
    store.delete("f", present("f").fingerprint(), soon());
    assertThat(lookup("f")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void deletingRecursivelyTakesAllBelowAndNothingElse() {
    directory("t");
    directory("t/a");
    directory("t/a/b");
    for (int i = 0; i < 300; i++) {
      file("t/a/b/f" + i);
    }
    file("t/x");
    file("t2");
    store.deleteRecursive("t", soon());
    assertThat(names("")).containsExactly("t2");
    store.deleteRecursive("t2", soon());
    assertThat(names("")).isEmpty();
    assertFails(Kind.ABSENT, () -> store.deleteRecursive("t", soon()));
  }

  @Test
  void theRootIsNotChanged() {
    file("f");
    assertFails(Kind.REFUSED, () -> store.delete("", null, soon()));
    assertFails(Kind.REFUSED, () -> store.deleteRecursive("", soon()));
    assertFails(Kind.REFUSED, () -> store.rename("", "g", null, soon()));
    assertFails(Kind.REFUSED, () -> store.rename("f", "", null, soon()));
    assertFails(Kind.REFUSED, () -> store.createDirectory("", UfsAttributes.NONE, soon()));
    assertThat(names("")).containsExactly("f");
  }

  // Renaming.

  @Test
  void renamingMovesAFileWithItsContentAndTimes() throws Exception {
    directory("d");
    writeOutside("f", 5);
    UfsStatus before = present("f");
    UfsStatus after = store.rename("f", "d/g", null, soon());
    assertThat(after).isEqualTo(present("d/g"));
    assertThat(after.name()).isEqualTo("g");
    assertThat(after.size()).isEqualTo(5);
    if (store.supportsModificationTimes()) {
      assertThat(after.mtimeMillis()).isEqualTo(before.mtimeMillis());
    }
    assertThat(lookup("f")).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void renamingMovesADirectoryWithAllBelow() {
    directory("a");
    directory("a/b");
    file("a/b/f");
    directory("x");
    String fingerprint = present("a").fingerprint();
    UfsStatus moved = store.rename("a", "x/a", null, soon());
    assertThat(present("x/a/b/f").isFile()).isTrue();
    assertThat(lookup("a")).isEqualTo(StoreLookup.ABSENT);
    assertThat(names("")).containsExactly("x");
    if (store.supportsDirectories()) {
      assertThat(moved.fingerprint()).isEqualTo(fingerprint);
    }
  }

  @Test
  void renamingReplacesNothing() throws Exception {
    writeOutside("f", 1);
    writeOutside("g", 2);
    directory("d");
    directory("e");
    for (String taken : List.of("g", "d", "f")) {
      assertFails(Kind.EXISTS, () -> store.rename("f", taken, null, soon()));
    }
    for (String taken : List.of("f", "e", "d")) {
      assertFails(Kind.EXISTS, () -> store.rename("d", taken, null, soon()));
    }
    assertThat(names("")).containsExactly("d", "e", "f", "g");
    assertThat(present("g").size()).isEqualTo(2);
    assertThat(present("f").size()).isEqualTo(1);
  }

  @Test
  void renamingNeedsSourceParentAndSense() {
    directory("d");
    file("f");
    assertFails(Kind.ABSENT, () -> store.rename("nothing", "x", null, soon()));
    assertFails(Kind.ABSENT, () -> store.rename("f", "no/x", null, soon()));
    assertFails(Kind.NOT_A_DIRECTORY, () -> store.rename("d", "f/x", null, soon()));
    assertFails(Kind.REFUSED, () -> store.rename("d", "d/e", null, soon()));
    assertThat(names("")).containsExactly("d", "f");
    assertThat(names("d")).isEmpty();
  }

  @Test
  void renamingMayBeConditional() throws Exception {
    writeOutside("f", 1);
    String seen = present("f").fingerprint();
    assumeFalse(seen.isEmpty(), "the store has fingerprints");
    writeOutside("f", 2);
    assertFails(Kind.PRECONDITION, () -> store.rename("f", "g", seen, soon()));
    assertThat(names("")).containsExactly("f");
    store.rename("f", "g", present("f").fingerprint(), soon());
    assertThat(names("")).containsExactly("g");
  }

  @Test
  void onlyOneOfTwoFilesGetsAName() throws Exception {
    // A check followed by a rename passes most rounds; the window is two calls wide.
    for (int round = 0; round < 200; round++) {
      String won = "won-" + round;
      for (int i = 0; i < 2; i++) {
        writeOutside("f" + i, i + 1);
      }
      List<Kind> outcomes = atOnce(2, i -> store.rename("f" + i, won, null, soon()));
      assertThat(outcomes).containsExactlyInAnyOrder(null, Kind.EXISTS);
      int winner = outcomes.indexOf(null);
      assertThat(present(won).size()).isEqualTo(winner + 1);
      assertThat(lookup("f" + winner)).isEqualTo(StoreLookup.ABSENT);
      assertThat(present("f" + (1 - winner)).size()).isEqualTo(2 - winner);
    }
  }

  // Attributes, fingerprints, times.

  @Test
  void attributesAreSetOneByOne() {
    file("f");
    directory("d");
    UfsStatus before = present("f");
    if (store.supportsOwnership()) {
      assertThat(store.setAttributes("f", UfsAttributes.NONE.withMode(0600), soon()).mode())
          .isEqualTo(0600);
      assertThat(store.setAttributes("d", UfsAttributes.NONE.withMode(01750), soon()).mode())
          .isEqualTo(01750);
      UfsStatus same =
          store.setAttributes(
              "f", UfsAttributes.NONE.withOwner(before.owner()).withGroup(before.group()), soon());
      assertThat(same.owner()).isEqualTo(before.owner());
      assertThat(same.mode()).isEqualTo(0600);
    }
    if (store.supportsModificationTimes()) {
      UfsStatus after =
          store.setAttributes("f", UfsAttributes.NONE.withMtimeMillis(1_234_567L), soon());
      assertThat(after.mtimeMillis()).isEqualTo(1_234_567L);
      assertThat(after).isEqualTo(present("f"));
    }
    assertFails(
        Kind.ABSENT,
        () -> store.setAttributes("nothing", UfsAttributes.NONE.withMode(0600), soon()));
  }

  @Test
  void settingNothingChangesNothingToSee() {
    UfsStatus before = file("f");
    UfsStatus after = store.setAttributes("f", UfsAttributes.NONE, soon());
    assertThat(after.mtimeMillis()).isEqualTo(before.mtimeMillis());
    assertThat(after.mode()).isEqualTo(before.mode());
  }

  @Test
  void aFilesFingerprintFollowsItsChanges() throws Exception {
    writeOutside("f", 1);
    String first = present("f").fingerprint();
    assumeFalse(first.isEmpty(), "the store has fingerprints");
    assertThat(present("f").fingerprint()).isEqualTo(first);
    assertThat(first).hasSizeLessThanOrEqualTo(256);
    writeOutside("f", 2);
    String second = present("f").fingerprint();
    assertThat(second).isNotEqualTo(first);
    if (store.supportsOwnership()) {
      store.setAttributes("f", UfsAttributes.NONE.withMode(0611), soon());
      assertThat(present("f").fingerprint()).isNotEqualTo(second);
    }
    String third = present("f").fingerprint();
    store.delete("f", null, soon());
    // Another size: a store's clock may not have ticked since.
    writeOutside("f", 3);
    assertThat(present("f").fingerprint()).isNotEqualTo(third);
  }

  @Test
  void aDirectorysFingerprintDoesNotFollowItsChildren() {
    directory("d");
    String before = present("d").fingerprint();
    file("d/f");
    directory("d/e");
    assertThat(present("d").fingerprint()).isEqualTo(before);
    store.delete("d/f", null, soon());
    assertThat(present("d").fingerprint()).isEqualTo(before);
  }

  @Test
  void timesAreUtcMillisecondsOfNow() throws Exception {
    long before = System.currentTimeMillis();
    writeOutside("f", 1);
    // The clocks of stores tick coarsely, and may not be ours.
    assertThat(present("f").mtimeMillis()).isBetween(before - 60_000, before + 60_000);
  }

  // Symbolic links.

  @Test
  void linksAreShownAndNotFollowed() throws Exception {
    assumeTrue(store.supportsSymbolicLinks(), "the store has links");
    directory("d");
    file("d/f");
    linkOutside("to-d", "d");
    linkOutside("to-nothing", "nowhere");
    UfsStatus link = present("to-d");
    assertThat(link.isSymlink()).isTrue();
    assertThat(link.linkTarget()).isEqualTo("d");
    assertThat(present("to-nothing").linkTarget()).isEqualTo("nowhere");
    assertThat(lookup("to-d/f"))
        .isInstanceOfSatisfying(
            StoreLookup.Unknown.class,
            unknown -> assertThat(unknown.cause().kind()).isEqualTo(Kind.UNSUPPORTED));
    assertThat(lookup("to-nothing/f")).isInstanceOf(StoreLookup.Unknown.class);
    assertFails(Kind.UNSUPPORTED, () -> names("to-d"));
    assertFails(Kind.UNSUPPORTED, () -> file("to-d/g"));
    assertFails(Kind.UNSUPPORTED, () -> store.delete("to-d/f", null, soon()));
    assertFails(Kind.UNSUPPORTED, () -> store.rename("to-d/f", "g", null, soon()));
    assertFails(Kind.UNSUPPORTED, () -> store.rename("d/f", "to-d/g", null, soon()));
    assertFails(
        Kind.UNSUPPORTED,
        () -> store.setAttributes("to-d", UfsAttributes.NONE.withMode(0), soon()));
    store.rename("to-d", "renamed", null, soon());
    assertThat(present("renamed").linkTarget()).isEqualTo("d");
    store.deleteRecursive("renamed", soon());
    store.delete("to-nothing", null, soon());
    assertThat(names("d")).containsExactly("f");
  }

  // Threads.

  @Test
  void manyThreadsWorkInOneDirectory() throws Exception {
    int threads = 8;
    directory("d");
    List<Kind> outcomes =
        atOnce(
            threads,
            i -> {
              for (int n = 0; n < 50; n++) {
                file("d/f-" + i + "-" + n);
                names("d");
                present("d/f-" + i + "-" + n);
                if (n % 2 == 0) {
                  store.delete("d/f-" + i + "-" + n, null, soon());
                }
              }
              return null;
            });
    assertThat(outcomes).containsOnlyNulls();
    assertThat(names("d")).hasSize(threads * 25).isSortedAccordingTo(NamespacePath::compareNames);
  }

  // Helpers, also for the tests of a store.

  protected final StoreLookup lookup(String path) {
    return store.status(path, soon());
  }

  protected final UfsStatus present(String path) {
    StoreLookup answer = lookup(path);
    assertThat(answer).as(path).isInstanceOf(StoreLookup.Present.class);
    return ((StoreLookup.Present) answer).status();
  }

  protected final UfsStatus file(String path) {
    return store.createFile(path, UfsAttributes.NONE, soon());
  }

  protected final UfsStatus directory(String path) {
    return store.createDirectory(path, UfsAttributes.NONE, soon());
  }

  protected final List<String> names(String path) {
    return names(path, null);
  }

  protected final List<String> names(String path, String startAfter) {
    return page(path, startAfter).entries().stream().map(UfsStatus::name).toList();
  }

  protected final List<UfsStatus> entries(String path) {
    return page(path, null).entries();
  }

  /** All pages of a listing as one. */
  protected final UfsListing.Page page(String path, String startAfter) {
    return readAll(store, path, startAfter);
  }

  protected static UfsListing.Page readAll(UnderFileSystem from, String path, String startAfter) {
    List<UfsStatus> entries = new ArrayList<>();
    List<UfsListing.UnreadableEntry> unreadable = new ArrayList<>();
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

  /** All pages of a flat listing as one. */
  protected static UfsFlatListing.Page readAllFlat(
      UnderFileSystem from, String path, String startAfter, String endAt) {
    List<UfsFlatListing.Entry> entries = new ArrayList<>();
    List<UfsListing.UnreadableEntry> unreadable = new ArrayList<>();
    try (UfsFlatListing listing = from.listFlat(path, startAfter, endAt, soon())) {
      UfsFlatListing.Page page;
      do {
        page = listing.next(soon());
        entries.addAll(page.entries());
        unreadable.addAll(page.unreadable());
      } while (!page.last());
    }
    return new UfsFlatListing.Page(entries, unreadable, true);
  }

  protected static void assertFails(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }

  /** What one of many threads does. */
  @FunctionalInterface
  protected interface Task {
    Object run(int thread) throws Exception;
  }

  /** Runs a task in many threads that start together; the kind of each failure, null for none. */
  protected static List<Kind> atOnce(int threads, Task task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<Kind>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        Callable<Kind> call =
            () -> {
              start.await();
              try {
                task.run(thread);
                return null;
              } catch (UfsException e) {
                return e.kind();
              }
            };
        running.add(pool.submit(call));
      }
      List<Kind> outcomes = new ArrayList<>();
      for (Future<Kind> future : running) {
        outcomes.add(future.get());
      }
      return outcomes;
    } finally {
      pool.shutdownNow();
    }
  }
}

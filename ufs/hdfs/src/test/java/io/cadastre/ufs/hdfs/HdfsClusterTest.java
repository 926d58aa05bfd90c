package io.cadastre.ufs.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a name node does: other users, safe mode, going away, short pages, its own names. */
class HdfsClusterTest {
  /** So short that every directory comes in several answers. */
  private static final int LIST_LIMIT = 3;

  @TempDir static Path directory;
  private static TestCluster cluster;
  private String root;

  @BeforeAll
  static void start() throws IOException {
    cluster = TestCluster.start(directory, 0, LIST_LIMIT);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void makeRoot() throws IOException {
    root = cluster.newRoot();
  }

  // Listings.

  @Test
  void anyNamesComeInOurOrderByShortPages() throws IOException {
    Random random = new Random(42);
    String[] letters = {"a", "b", "~", "é", "Ж", "中", "\ud83d\ude00"};
    TreeSet<String> names = new TreeSet<>(NamespacePath::compareNames);
    while (names.size() < 150) {
      StringBuilder name = new StringBuilder();
      for (int length = 1 + random.nextInt(4); length > 0; length--) {
        name.append(letters[random.nextInt(letters.length)]);
      }
      names.add(name.toString());
    }
    for (String name : names) {
      cluster.files().mkdirs(new org.apache.hadoop.fs.Path(root, name));
    }
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      assertThat(names(store, "", null)).containsExactlyElementsOf(names);
      String middle = new ArrayList<>(names).get(70);
      assertThat(names(store, "", middle)).containsExactlyElementsOf(names.tailSet(middle, false));
    }
  }

  @Test
  void aDirectoryThatIsReplacedWhileItIsListedIsNotBelieved() throws IOException {
    for (int i = 0; i < 10; i++) {
      cluster.files().mkdirs(path("d/" + i));
    }
    try (UnderFileSystem store = cluster.open(root, Map.of());
        UfsListing listing = store.list("d", null, soon())) {
      assertThat(listing.next(soon()).entries()).isNotEmpty();
      cluster.files().delete(path("d"), true);
      cluster.files().mkdirs(path("d/x"));
      assertFails(
          Kind.UNKNOWN,
          () -> {
            while (!listing.next(soon()).last()) {
              // Nothing to do with a page here.
            }
          });
    }
  }

  @Test
  void aPageHasNoMoreEntriesThanAskedFor() throws IOException {
    for (int i = 0; i < 3; i++) {
      cluster.files().mkdirs(path("" + i));
    }
    UfsSettings settings = UfsSettings.of(Map.of()).withListingPageEntries(1);
    try (UnderFileSystem store = cluster.open(root, settings);
        UfsListing listing = store.list("", null, soon())) {
      assertThat(listing.next(soon()).entries()).hasSize(1);
      assertThat(listing.next(soon()).last()).isFalse();
      assertThat(listing.next(soon()).last()).isTrue();
    }
  }

  // Permissions.

  @Test
  void whatAUserMayNotSeeIsUnknown() throws IOException {
    cluster.files().mkdirs(path("open/secret/inner"));
    cluster.files().setPermission(path("open/secret"), new FsPermission((short) 0700));
    cluster.write(root + "/open/file", 0);
    try (UnderFileSystem store = cluster.open(root, Map.of("hdfs.user", "visitor"))) {
      assertThat(store.status("open/secret", soon())).isInstanceOf(StoreLookup.Present.class);
      for (String hidden : List.of("open/secret/inner", "open/secret/nothing")) {
        assertThat(store.status(hidden, soon()))
            .isInstanceOfSatisfying(
                StoreLookup.Unknown.class,
                unknown -> assertThat(unknown.cause().kind()).isEqualTo(Kind.DENIED));
      }
      assertFails(Kind.DENIED, () -> names(store, "open/secret", null));
      assertFails(
          Kind.DENIED, () -> store.createDirectory("open/mine", UfsAttributes.NONE, soon()));
      assertFails(Kind.DENIED, () -> store.createFile("open/mine", UfsAttributes.NONE, soon()));
      assertFails(Kind.DENIED, () -> store.delete("open/file", null, soon()));
      assertFails(Kind.DENIED, () -> store.deleteRecursive("open/secret", soon()));
      assertFails(Kind.DENIED, () -> store.rename("open/file", "open/f", null, soon()));
      assertFails(
          Kind.DENIED,
          () -> store.setAttributes("open/file", UfsAttributes.NONE.withMode(0600), soon()));
      // The permission to search is asked of directories only.
      assertThat(store.status("open/file/x", soon())).isEqualTo(StoreLookup.ABSENT);
      assertThat(store.status("open/nothing", soon())).isEqualTo(StoreLookup.ABSENT);
    }
  }

  @Test
  void eachMountAsksAsItsOwnUser() throws IOException {
    cluster.files().setPermission(path(""), new FsPermission((short) 0777));
    try (UnderFileSystem one = cluster.open(root, Map.of("hdfs.user", "one"));
        UnderFileSystem two = cluster.open(root, Map.of("hdfs.user", "two"))) {
      assertThat(one.createFile("1", UfsAttributes.NONE, soon()).owner()).isEqualTo("one");
      assertThat(two.createFile("2", UfsAttributes.NONE, soon()).owner()).isEqualTo("two");
      assertThat(one.createDirectory("d", UfsAttributes.NONE, soon()).mode()).isEqualTo(0755);
      // A new entry whose attributes are refused goes away again.
      assertFails(
          Kind.DENIED, () -> one.createFile("3", UfsAttributes.NONE.withOwner("root"), soon()));
      assertThat(one.status("3", soon())).isEqualTo(StoreLookup.ABSENT);
      assertFails(
          Kind.UNKNOWN,
          () -> one.setAttributes("1", UfsAttributes.NONE.withGroup("x").withOwner("two"), soon()),
          Kind.DENIED);
    }
  }

  @Test
  void theSuperUserGivesFilesAway() throws IOException {
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      UfsStatus made =
          store.createFile("f", UfsAttributes.NONE.withOwner("alice").withGroup("staff"), soon());
      assertThat(made.owner()).isEqualTo("alice");
      assertThat(made.group()).isEqualTo("staff");
      UfsStatus given = store.setAttributes("f", UfsAttributes.NONE.withOwner("bob"), soon());
      assertThat(given.owner()).isEqualTo("bob");
      assertThat(given.fingerprint()).isNotEqualTo(made.fingerprint());
      assertFails(
          Kind.REFUSED, () -> store.setAttributes("f", UfsAttributes.NONE.withMode(04755), soon()));
    }
  }

  // The name node's state.

  @Test
  void safeModeIsReadAndNotWritten() throws IOException {
    cluster.files().mkdirs(path("d"));
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      cluster.cluster().getNameNodeRpc().setSafeMode(SafeModeAction.SAFEMODE_ENTER, false);
      try {
        assertThat(store.status("d", soon())).isInstanceOf(StoreLookup.Present.class);
        assertFails(Kind.UNAVAILABLE, () -> store.createFile("f", UfsAttributes.NONE, soon()));
        assertFails(Kind.UNAVAILABLE, () -> store.createDirectory("e", UfsAttributes.NONE, soon()));
        assertFails(Kind.UNAVAILABLE, () -> store.delete("d", null, soon()));
        assertFails(Kind.UNAVAILABLE, () -> store.rename("d", "e", null, soon()));
      } finally {
        cluster.cluster().getNameNodeRpc().setSafeMode(SafeModeAction.SAFEMODE_LEAVE, false);
      }
      assertThat(store.createFile("f", UfsAttributes.NONE, soon()).isFile()).isTrue();
    }
  }

  @Test
  void aNameNodeThatIsDownIsUnknownUntilItIsBack() throws Exception {
    cluster.files().mkdirs(path("d"));
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      String identity = store.rootIdentity(soon());
      cluster.cluster().shutdownNameNode(0);
      try {
        // This one finds out: its connection breaks, so it may have been sent.
        assertThat(store.status("nothing", soon()))
            .isInstanceOfSatisfying(
                StoreLookup.Unknown.class,
                unknown -> assertThat(unknown.reason()).doesNotContain("Exception"));
        for (String any : List.of("d", "nothing", "")) {
          assertThat(store.status(any, soon()))
              .isInstanceOfSatisfying(
                  StoreLookup.Unknown.class,
                  unknown -> {
                    assertThat(unknown.cause().kind()).isEqualTo(Kind.UNAVAILABLE);
                    assertThat(unknown.reason())
                        .endsWith("Connection refused")
                        .doesNotContain("java.net", "http");
                  });
        }
        assertFails(Kind.UNAVAILABLE, () -> names(store, "", null));
        assertFails(Kind.UNAVAILABLE, () -> store.rootIdentity(soon()));
        // Hadoop's client may have sent a change before it gave up.
        assertFails(Kind.UNKNOWN, () -> store.delete("d", null, soon()));
      } finally {
        cluster.cluster().restartNameNode(0);
      }
      assertThat(names(store, "", null)).containsExactly("d");
      assertThat(store.rootIdentity(soon())).isEqualTo(identity);
    }
  }

  @Test
  void aRootThatIsGoneOrReplacedIsNotAnEmptyOne() throws IOException {
    cluster.files().mkdirs(path("d"));
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      String identity = store.rootIdentity(soon());
      cluster.files().delete(path(""), true);
      assertThat(store.status("d", soon())).isInstanceOf(StoreLookup.Unknown.class);
      assertFails(Kind.UNKNOWN, () -> names(store, "", null));
      assertFails(Kind.UNKNOWN, () -> names(store, "d", null));
      assertFails(Kind.UNKNOWN, () -> store.createFile("f", UfsAttributes.NONE, soon()));
      cluster.files().mkdirs(path(""));
      assertThat(store.rootIdentity(soon())).isNotEqualTo(identity);
    }
  }

  // Names.

  @Test
  void namesThatHdfsCannotHaveAreAbsentAndRefused() {
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      assertThat(store.status("a:b", soon())).isEqualTo(StoreLookup.ABSENT);
      assertFails(Kind.REFUSED, () -> store.createFile("a:b", UfsAttributes.NONE, soon()));
    }
  }

  @Test
  void whatHdfsReservesIsNotMirrored() {
    try (UnderFileSystem store = cluster.open("/", Map.of())) {
      for (String reserved : List.of(".reserved", ".reserved/raw", "x/.snapshot/s")) {
        assertThat(store.status(reserved, soon())).isInstanceOf(StoreLookup.Unknown.class);
        assertFails(Kind.UNSUPPORTED, () -> names(store, reserved, null));
      }
      assertThat(names(store, "", null)).contains(root.substring(1));
    }
  }

  @Test
  void quotasRefuse() throws IOException {
    cluster.files().setQuota(path(""), 2, Long.MAX_VALUE);
    try (UnderFileSystem store = cluster.open(root, Map.of())) {
      store.createFile("f", UfsAttributes.NONE, soon());
      assertFails(Kind.REFUSED, () -> store.createFile("g", UfsAttributes.NONE, soon()));
      assertFails(Kind.REFUSED, () -> store.createDirectory("d", UfsAttributes.NONE, soon()));
    }
  }

  // Time.

  @Test
  void aNameNodeThatNeverAnswersIsCutOff() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        UnderFileSystem store =
            new UnderFileSystems()
                .open("hdfs://localhost:" + silent.getLocalPort() + "/", Map.of());
        UnderFileSystem guarded = new DeadlineUnderFileSystem(store, 2)) {
      long start = System.nanoTime();
      assertThat(guarded.status("x", StoreDeadline.afterMillis(500)))
          .isInstanceOf(StoreLookup.Unknown.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void theClientsOwnTimeoutIsAnOptionOfTheMount() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        UnderFileSystem store =
            new UnderFileSystems()
                .open(
                    "hdfs://localhost:" + silent.getLocalPort() + "/",
                    Map.of("ipc.client.rpc-timeout.ms", "300"))) {
      long start = System.nanoTime();
      assertThat(store.status("x", soon())).isInstanceOf(StoreLookup.Unknown.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }
  }

  @Test
  void aStoreOpensWhileItsHostIsNotKnown() {
    try (UnderFileSystem store =
        new UnderFileSystems().open("hdfs://no.such.host.invalid/data", Map.of())) {
      assertThat(store.status("x", soon()))
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> assertThat(unknown.cause().kind()).isEqualTo(Kind.UNAVAILABLE));
      assertFails(Kind.UNAVAILABLE, () -> store.delete("x", null, soon()));
    }
  }

  private org.apache.hadoop.fs.Path path(String relative) {
    return new org.apache.hadoop.fs.Path(relative.isEmpty() ? root : root + "/" + relative);
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }

  private static List<String> names(UnderFileSystem store, String path, String startAfter) {
    List<String> names = new ArrayList<>();
    try (UfsListing listing = store.list(path, startAfter, soon())) {
      UfsListing.Page page;
      do {
        page = listing.next(soon());
        page.entries().forEach(entry -> names.add(entry.name()));
        assertThat(page.unreadable()).isEmpty();
      } while (!page.last());
    }
    return names;
  }

  private static void assertFails(Kind kind, ThrowingCallable call, Kind... or) {
    List<Kind> kinds = new ArrayList<>(List.of(or));
    kinds.add(kind);
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(kinds).as(e.getMessage()).contains(e.kind()));
  }
}

package io.cadastre.ufs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a file system has: links that lead out, special files, names that are not UTF-8. */
class OddEntriesTest {
  private final UnderFileSystems stores = new UnderFileSystems();
  @TempDir Path directory;
  private Path root;
  private Path outside;
  private UnderFileSystem store;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    outside = Files.createDirectory(directory.resolve("outside"));
    Files.createFile(outside.resolve("secret"));
    store = stores.open(root.toString(), Map.of());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void linksDoNotLeadOutOfTheRoot() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.createDirectory(root.resolve("d"));
    Files.createSymbolicLink(root.resolve("d/out"), outside);
    for (String link : new String[] {"out", "d/out"}) {
      assertThat(store.status(link + "/secret", soon()))
          .isInstanceOfSatisfying(
              StoreLookup.Unknown.class,
              unknown -> assertThat(unknown.reason()).contains("symbolic link"));
      assertThat(store.status(link + "/nothing", soon())).isInstanceOf(StoreLookup.Unknown.class);
      assertKind(Kind.UNSUPPORTED, () -> list(link));
      assertKind(Kind.UNSUPPORTED, () -> store.delete(link + "/secret", null, soon()));
      assertKind(Kind.UNSUPPORTED, () -> store.createFile(link + "/x", UfsAttributes.NONE, soon()));
      assertKind(Kind.UNSUPPORTED, () -> store.deleteRecursive(link + "/secret", soon()));
      assertKind(
          Kind.UNSUPPORTED,
          () -> store.setAttributes(link + "/secret", UfsAttributes.NONE.withMode(0), soon()));
    }
    store.deleteRecursive("d", soon());
    assertThat(outside.resolve("secret")).exists();
    assertThat(outside.resolve("x")).doesNotExist();
  }

  @Test
  void aDirectoryThatBecomesALinkIsNoticed() throws IOException {
    Files.createDirectories(root.resolve("a/b"));
    Files.createFile(root.resolve("a/b/secret"));
    assertThat(store.status("a/b/secret", soon())).isInstanceOf(StoreLookup.Present.class);
    Files.move(root.resolve("a/b"), root.resolve("a/c"));
    Files.createSymbolicLink(root.resolve("a/b"), outside);
    assertThat(store.status("a/b/secret", soon())).isInstanceOf(StoreLookup.Unknown.class);
  }

  @Test
  void theRootItselfMayBeALink() throws IOException {
    Files.createDirectory(root.resolve("d"));
    Files.createFile(root.resolve("d/f"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), root);
    try (UnderFileSystem linked = stores.open("file://" + link, Map.of())) {
      assertThat(linked.status("", soon())).isInstanceOf(StoreLookup.Present.class);
      assertThat(linked.status("d/f", soon())).isInstanceOf(StoreLookup.Present.class);
      assertThat(linked.rootIdentity(soon())).isEqualTo(store.rootIdentity(soon()));
      Files.delete(link);
      Files.createSymbolicLink(link, outside);
      assertThat(linked.status("d/f", soon())).isEqualTo(StoreLookup.ABSENT);
      assertThat(linked.rootIdentity(soon())).isNotEqualTo(store.rootIdentity(soon()));
    }
    Files.delete(link);
    Files.createSymbolicLink(link, root);
    UfsLocation canonical = stores.canonical(link + "/d/not-yet");
    assertThat(canonical.path()).isEqualTo(root.toRealPath() + "/d/not-yet");
    assertThat(canonical.intersects(stores.canonical(root.toString()))).isTrue();
  }

  @Test
  void specialFilesAreNamedAndLeftAlone() throws Exception {
    run("mkfifo", root.resolve("pipe").toString());
    Files.createFile(root.resolve("f"));
    UfsListing.Page page = list("");
    assertThat(page.entries()).extracting(UfsStatus::name).containsExactly("f");
    assertThat(page.unreadable())
        .containsExactly(new UnreadableEntry("pipe", true, "special file"));
    assertThat(store.status("pipe", soon())).isInstanceOf(StoreLookup.Unknown.class);
    assertKind(Kind.UNSUPPORTED, () -> store.delete("pipe", null, soon()));
    assertKind(Kind.UNSUPPORTED, () -> store.rename("pipe", "p", null, soon()));
    assertKind(
        Kind.UNSUPPORTED,
        () -> store.setAttributes("pipe", UfsAttributes.NONE.withMode(0600), soon()));
    store.deleteRecursive("pipe", soon());
    assertThat(list("").unreadable()).isEmpty();
  }

  @Test
  void namesThatAreNotUtf8AreEscapedAndReachedByRecursiveDeleteOnly() throws Exception {
    Files.createDirectory(root.resolve("d"));
    run(
        "sh",
        "-c",
        "cd '"
            + root
            + "/d' && touch good \"$(printf 'b\\377d')\" && mkdir \"$(printf '\\303(')\""
            + " && touch \"$(printf '\\303(/x')\" && ln -s \"$(printf '\\377')\" link");
    UfsListing.Page page = list("d");
    assertThat(page.entries()).extracting(UfsStatus::name).containsExactly("good");
    assertThat(page.unreadable())
        .containsExactlyInAnyOrder(
            new UnreadableEntry("b\\xFFd", false, "name is not UTF-8"),
            new UnreadableEntry("\\xC3(", false, "name is not UTF-8"),
            new UnreadableEntry("link", true, "symbolic link to a name that is not UTF-8"));
    assertThat(store.status("d/b\ufffdd", soon())).isEqualTo(StoreLookup.ABSENT);
    store.deleteRecursive("d", soon());
    assertThat(root.resolve("d")).doesNotExist();
  }

  @Test
  void bytesAreEscapedOneByOne() {
    assertThat(ExactNames.escape(bytes(0xC3, 0xA9, 'x'))).isEqualTo("\u00e9x");
    assertThat(ExactNames.escape(bytes(0xFF, 0xFE))).isEqualTo("\\xFF\\xFE");
    assertThat(ExactNames.escape(bytes('a', 0xE4, 0xB8))).isEqualTo("a\\xE4\\xB8");
    assertThat(ExactNames.escape(bytes(0xED, 0xA0, 0x80))).isEqualTo("\\xED\\xA0\\x80");
  }

  @Test
  void optionsAndHostsAreRefused() {
    assertThatThrownBy(() -> stores.open("/x", Map.of("shared", "true")))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("option shared")
        .hasMessageContaining("known: file.parallel");
    assertThatThrownBy(() -> stores.open("file://data/x", Map.of()))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("three slashes");
  }

  @Test
  void anUnknownOwnerIsRefusedBeforeAnythingChanges() {
    UfsAttributes unknownOwner = UfsAttributes.NONE.withMode(0600).withOwner("no-such-user");
    assertKind(Kind.REFUSED, () -> store.createFile("f", unknownOwner, soon()));
    assertThat(root.resolve("f")).doesNotExist();
    int before = mode(store.createFile("f", UfsAttributes.NONE, soon()));
    assertKind(Kind.REFUSED, () -> store.setAttributes("f", unknownOwner, soon()));
    assertThat(mode(((StoreLookup.Present) store.status("f", soon())).status())).isEqualTo(before);
  }

  private static int mode(UfsStatus status) {
    return status.mode();
  }

  private UfsListing.Page list(String path) {
    return Listings.readAll(store, path);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
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

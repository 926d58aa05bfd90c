package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A program for {@link ChildProcessTest}, run as a user whom permissions bind. */
final class UnprivilegedChecks {
  private final Path root;
  private final UnderFileSystem store;

  private UnprivilegedChecks(Path root) {
    this.root = root;
    this.store = new UnderFileSystems().open(root.toString(), Map.of());
  }

  public static void main(String[] args) throws IOException {
    UnprivilegedChecks checks = new UnprivilegedChecks(Path.of(args[0]));
    checks.aDirectoryThatMayNotBeListed();
    checks.aDirectoryThatMayNotBeSearched();
    checks.aDirectoryThatMayNotBeWritten();
    checks.anOwnerThatMayNotBeGiven();
    checks.anOwnFileThatMayNotBeRead();
    checks.aFileOfAnother();
    System.out.println("all checks passed");
  }

  private void aDirectoryThatMayNotBeListed() throws IOException {
    Path closed = Files.createDirectory(root.resolve("closed"));
    Files.createFile(closed.resolve("f"));
    setMode(closed, "---------");
    check(!Files.isReadable(closed), "permissions bind this user");
    check(store.status("closed", soon()) instanceof StoreLookup.Present, "closed is present");
    check(store.status("closed/f", soon()) instanceof StoreLookup.Unknown, "closed/f unknown");
    check(store.status("closed/no", soon()) instanceof StoreLookup.Unknown, "closed/no unknown");
    check(store.status("closed/no/x", soon()) instanceof StoreLookup.Unknown, "and below it");
    fails(Kind.DENIED, () -> store.list("closed", null, soon()));
    fails(Kind.DENIED, () -> store.deleteRecursive("closed", soon()));
    check(Listings.readAll(store, "").entries().size() >= 1, "the directory above is listed");
  }

  private void aDirectoryThatMayNotBeSearched() throws IOException {
    Path unsearchable = Files.createDirectory(root.resolve("unsearchable"));
    Files.createFile(unsearchable.resolve("f"));
    setMode(unsearchable, "r--------");
    UfsListing.Page page = Listings.readAll(store, "unsearchable");
    check(page.entries().isEmpty(), "nothing can be read");
    check(
        page.unreadable()
            .equals(List.of(new UfsListing.UnreadableEntry("f", true, "permission denied"))),
        "f is named: " + page);
  }

  private void aDirectoryThatMayNotBeWritten() throws IOException {
    Path fixed = Files.createDirectory(root.resolve("fixed"));
    Files.createFile(fixed.resolve("f"));
    setMode(fixed, "r-xr-xr-x");
    fails(Kind.DENIED, () -> store.createFile("fixed/x", UfsAttributes.NONE, soon()));
    fails(Kind.DENIED, () -> store.createDirectory("fixed/x", UfsAttributes.NONE, soon()));
    fails(Kind.DENIED, () -> store.delete("fixed/f", null, soon()));
    fails(Kind.DENIED, () -> store.rename("fixed/f", "f", null, soon()));
    check(store.status("f", soon()) == StoreLookup.ABSENT, "the link was taken back");
    check(store.status("fixed/f", soon()) instanceof StoreLookup.Present, "the file is there");
  }

  private void anOwnerThatMayNotBeGiven() {
    UfsAttributes ofRoot = UfsAttributes.NONE.withOwner("root");
    fails(Kind.DENIED, () -> store.createFile("given", ofRoot, soon()));
    check(store.status("given", soon()) == StoreLookup.ABSENT, "the new file was taken back");
    fails(Kind.DENIED, () -> store.createDirectory("given", ofRoot, soon()));
    check(store.status("given", soon()) == StoreLookup.ABSENT, "the directory was taken back");
  }

  private void anOwnFileThatMayNotBeRead() throws IOException {
    Path file = Files.createFile(root.resolve("unreadable"));
    setMode(file, "---------");
    UfsAttributes open = UfsAttributes.NONE.withMode(0640);
    check(store.setAttributes("unreadable", open, soon()).mode() == 0640, "its mode can be set");
  }

  /** The kernel may refuse a hard link to a file that one does not own; a rename it allows. */
  private void aFileOfAnother() {
    if (!Files.exists(root.resolve("mine/of-another"))) {
      return;
    }
    store.rename("mine/of-another", "mine/moved", null, soon());
    check(store.status("mine/moved", soon()) instanceof StoreLookup.Present, "it moved");
    check(store.status("mine/of-another", soon()) == StoreLookup.ABSENT, "away");
    fails(
        Kind.DENIED,
        () -> store.setAttributes("mine/moved", UfsAttributes.NONE.withMode(0), soon()));
  }

  private static void fails(Kind kind, Runnable call) {
    try {
      call.run();
    } catch (UfsException e) {
      check(e.kind() == kind, "expected " + kind + ", got " + e.kind() + ": " + e.getMessage());
      return;
    }
    throw new IllegalStateException("expected " + kind + ", but it was done");
  }

  private static void check(boolean condition, String claim) {
    if (!condition) {
      throw new IllegalStateException("not so: " + claim);
    }
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}

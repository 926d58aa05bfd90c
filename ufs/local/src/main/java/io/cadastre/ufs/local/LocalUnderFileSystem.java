package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory of this host as a store.
 *
 * <p>Odd entries:
 *
 * <ul>
 *   <li>Symbolic links are shown with their target and never followed, wherever they lead; a path
 *       through one is UNSUPPORTED. Only the root itself may be a link. A link whose target is not
 *       UTF-8 is unreadable.
 *   <li>Fifos, sockets and devices are unreadable: "special file".
 *   <li>Names that are not UTF-8 are unreadable, under an escaped name; no path reaches them, but a
 *       recursive delete of their directory does.
 *   <li>Entries that may not be read (a directory without the search permission) are unreadable. A
 *       directory that may not be listed is an entry like any other; listing it is DENIED.
 *   <li>Entries that vanish between reading the directory and looking at them are left out. If the
 *       directory itself is then another one, the listing fails.
 *   <li>Other file systems mounted below the root are part of the store.
 * </ul>
 *
 * <p>Known limits: conditions are checked right before the change, and the way to a path right
 * before it is used, so another program that writes at the same microsecond is not noticed. For
 * {@link #rename} see {@link FileMover}. A system call on a hung network file system does not
 * return; `DeadlineUnderFileSystem` goes around this class. A first page is there only when the
 * whole directory was read; until then {@link UfsListing#next} returns empty pages now and then.
 */
final class LocalUnderFileSystem implements UnderFileSystem {
  private final StoreTree tree;
  private final RootIdentity identity;
  private final StatusReader reader;
  private final EntryLooks looks;
  private final AttributeWriter writer;
  private final FileMover mover;
  private final HostDisks disks;
  private final SortMemory sortMemory;
  private final UfsSettings settings;
  private volatile boolean closed;

  LocalUnderFileSystem(UfsLocation location, UfsSettings settings) {
    this.tree = new StoreTree(location);
    this.identity = new RootIdentity(tree.root());
    this.reader = new StatusReader();
    this.writer = new AttributeWriter(tree);
    this.mover = new FileMover(tree);
    this.disks = new HostDisks(settings);
    this.looks = new EntryLooks(disks::helpersEach);
    this.sortMemory = new SortMemory(settings.listingSortMemoryBytes());
    this.settings = settings;
  }

  @Override
  public String type() {
    return LocalUnderFileSystemFactory.SCHEME;
  }

  @Override
  public String uriOf(String path) {
    return tree.uriOf(UfsPath.check(path));
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    begin(deadline);
    try {
      String found = identity.of(tree.rootAttributes());
      disks.look(tree.root());
      return found;
    } catch (IOException e) {
      throw StoreErrors.unknown("identify the root", uriOf(""), e);
    }
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    UfsPath.check(path);
    try {
      begin(deadline);
      return StoreLookup.present(read(path));
    } catch (UfsException e) {
      boolean absent = e.kind() == Kind.ABSENT || e.kind() == Kind.NOT_A_DIRECTORY;
      return absent ? StoreLookup.ABSENT : StoreLookup.unknown(e);
    }
  }

  private UfsStatus read(String path) {
    if (path.isEmpty()) {
      FileAttributes attributes = tree.rootAttributes();
      try {
        return reader.rootStatus(attributes, tree.root());
      } catch (IOException e) {
        throw StoreErrors.unknown("read", uriOf(path), e);
      }
    }
    Path file = tree.locate(path);
    try {
      FileAttributes attributes = FileAttributes.of(file);
      return reader.status(UfsPath.name(path), attributes, file);
    } catch (UnreadableException e) {
      throw new UfsException(
          Kind.UNSUPPORTED, uriOf(path) + " is not mirrored: " + e.getMessage(), e);
    } catch (IOException e) {
      throw tree.explain("read", path, e);
    }
  }

  @Override
  public boolean isOnThisHost() {
    return disks.isHere();
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsPath.check(path);
    begin(deadline);
    Path directory = tree.locate(path);
    return LocalListing.open(
        new LocalListing.Source(tree, path, directory, startAfter == null ? "" : startAfter),
        reader,
        looks,
        new EntrySorter(sortMemory, settings.spillDirectory()),
        settings.listingPageEntries());
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    Path directory = change(path, "create", deadline);
    writer.createDirectory(path, directory, attributes);
    return afterChange(path);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    Path file = change(path, "create", deadline);
    writer.createFile(path, file, attributes);
    return afterChange(path);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    Path file = change(path, "delete", deadline);
    try {
      FileAttributes attributes = FileAttributes.of(file);
      checkExpected(path, attributes, expectedFingerprint);
      if (attributes.isSpecial()) {
        throw new UfsException(
            Kind.UNSUPPORTED, uriOf(path) + " is a special file and not deleted by this call");
      }
      Files.delete(file);
    } catch (IOException e) {
      throw tree.explain("delete", path, e);
    }
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    Path top = change(path, "delete", deadline);
    new TreeDeleter(tree, path, deadline).delete(top);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    Path from = change(source, "rename", deadline);
    Path to = change(destination, "rename to", deadline);
    if (UfsPath.isPrefix(source, destination) && !source.equals(destination)) {
      throw new UfsException(
          Kind.REFUSED, "Cannot move " + uriOf(source) + " below itself: " + uriOf(destination));
    }
    FileAttributes attributes;
    try {
      attributes = FileAttributes.of(from);
    } catch (IOException e) {
      throw tree.explain("rename", source, e);
    }
    checkExpected(source, attributes, expectedFingerprint);
    mover.move(source, from, attributes, destination, to);
    return afterChange(destination);
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    UfsPath.check(path);
    begin(deadline);
    Path file = tree.locate(path);
    writer.set(path, file, attributes);
    return afterChange(path);
  }

  @Override
  public boolean supportsSymbolicLinks() {
    return true;
  }

  /** Files are linked and then unlinked: see {@link FileMover}. */
  @Override
  public boolean supportsAtomicRename() {
    return false;
  }

  @Override
  public void close() {
    closed = true;
    looks.close();
  }

  private void begin(StoreDeadline deadline) {
    deadline.check();
    if (closed) {
      throw new UfsException(Kind.UNAVAILABLE, "The store " + tree.uriOf("") + " is closed");
    }
  }

  private Path change(String path, String action, StoreDeadline deadline) {
    UfsPath.check(path);
    begin(deadline);
    if (path.isEmpty()) {
      throw new UfsException(
          Kind.REFUSED, "Cannot " + action + " the root of a store: " + uriOf(path));
    }
    return tree.locate(path);
  }

  private void checkExpected(String path, FileAttributes actual, String expectedFingerprint) {
    if (expectedFingerprint != null && !expectedFingerprint.equals(actual.fingerprint())) {
      throw new UfsException(
          Kind.PRECONDITION,
          uriOf(path) + " has changed in the store; load its metadata and try again");
    }
  }

  /**
   * The change is done; if its result cannot be read, the outcome is for the caller to find out.
   */
  private UfsStatus afterChange(String path) {
    try {
      return read(path);
    } catch (UfsException e) {
      throw new UfsException(
          Kind.UNKNOWN, "Changed, but then could not be read: " + e.getMessage(), e);
    }
  }
}

package io.cadastre.ufs.local;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A listing in two stages: collect all names in the order of the directory and sort them, then look
 * at the entries of one page after the other. The directory is looked at before it is opened and
 * after each page: had it been swapped or unmounted, every entry would seem to have vanished.
 */
final class LocalListing implements UfsListing {
  /** Names collected by one call, a fraction of a second, before it shows that it is alive. */
  private static final int STEP_ENTRIES = 50_000;

  private static final int ENTRIES_PER_DEADLINE_CHECK = 256;

  private final Source source;
  private final StatusReader reader;
  private final EntryLooks looks;
  private final EntrySorter sorter;
  private final EntryCodec codec = new EntryCodec();
  private final int pageEntries;
  private final FileAttributes opened;
  private final DirectoryStream<Path> stream;
  private final Iterator<Path> names;
  private boolean sorted;
  private ByteBuffer head;
  private boolean ended;

  /** What is listed: the directory, and the name after which to begin. */
  record Source(StoreTree tree, String path, Path directory, String startAfter) {
    FileAttributes look() throws IOException {
      return path.isEmpty() ? tree.rootAttributes() : FileAttributes.of(directory);
    }

    UfsException failed(IOException failure) {
      return tree.explain("list", path, failure);
    }
  }

  private LocalListing(
      Source source,
      StatusReader reader,
      EntryLooks looks,
      EntrySorter sorter,
      int pageEntries,
      FileAttributes opened,
      DirectoryStream<Path> stream) {
    this.source = source;
    this.reader = reader;
    this.looks = looks;
    this.sorter = sorter;
    this.pageEntries = pageEntries;
    this.opened = opened;
    this.stream = stream;
    this.names = stream.iterator();
  }

  @SuppressWarnings("StreamResourceLeak") // Closed by close().
  static LocalListing open(
      Source source, StatusReader reader, EntryLooks looks, EntrySorter sorter, int pageEntries) {
    try {
      FileAttributes opened = source.look();
      if (opened.isSymlink()) {
        throw source.tree.throughLink(source.path);
      }
      if (!opened.isDirectory()) {
        throw new UfsException(
            Kind.NOT_A_DIRECTORY, "Not a directory: " + source.tree.uriOf(source.path));
      }
      DirectoryStream<Path> stream = Files.newDirectoryStream(source.directory);
      return new LocalListing(source, reader, looks, sorter, pageEntries, opened, stream);
    } catch (IOException e) {
      throw source.failed(e);
    }
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    deadline.check();
    try {
      if (!sorted && !collect(deadline)) {
        ended = false;
        return new Page(List.of(), List.of(), false);
      }
      Page page = page(deadline);
      ended = page.last();
      return page;
    } catch (DirectoryIteratorException e) {
      throw failedMidway(e.getCause());
    } catch (IOException e) {
      throw failedMidway(e);
    }
  }

  private UfsException failedMidway(IOException failure) {
    return StoreErrors.unknown("list", source.tree.uriOf(source.path), failure);
  }

  /** Returns whether all has been collected and sorted. */
  private boolean collect(StoreDeadline deadline) throws IOException {
    for (int looked = 1; names.hasNext(); looked++) {
      collect(names.next());
      if (looked == STEP_ENTRIES) {
        return false;
      }
      if (looked % ENTRIES_PER_DEADLINE_CHECK == 0) {
        deadline.check();
      }
    }
    stream.close();
    sorter.finish();
    head = sorter.next();
    sorted = true;
    return true;
  }

  private void collect(Path entry) throws IOException {
    Path fileName = entry.getFileName();
    String name = fileName.toString();
    boolean exact = ExactNames.isExact(name, fileName);
    if (!exact) {
      name = ExactNames.escapedName(entry);
    }
    if (!source.startAfter.isEmpty() && NamespacePath.compareNames(name, source.startAfter) <= 0) {
      return;
    }
    sorter.add(codec.encode(new EntryCodec.Name(name, exact)));
  }

  private Page page(StoreDeadline deadline) throws IOException {
    List<EntryCodec.Name> names = new ArrayList<>();
    for (; head != null && names.size() < pageEntries; head = sorter.next()) {
      names.add(EntryCodec.decode(head));
    }
    Look[] found = new Look[names.size()];
    looks.at(found.length, i -> found[i] = look(names.get(i)), deadline);
    List<UfsStatus> entries = new ArrayList<>(found.length);
    List<UnreadableEntry> unreadable = new ArrayList<>(0);
    for (Look entry : found) {
      if (entry.status() != null) {
        entries.add(entry.status());
      } else if (entry.unreadable() != null) {
        unreadable.add(entry.unreadable());
      }
    }
    checkSameDirectory();
    return new Page(entries, unreadable, head == null);
  }

  /** What a look at one entry gave; nothing if it vanished since its name was read. */
  private record Look(UfsStatus status, UnreadableEntry unreadable) {}

  /** The entry as it is now. */
  private Look look(EntryCodec.Name named) {
    String name = named.name();
    if (!named.exact()) {
      return new Look(null, new UnreadableEntry(name, false, "name is not UTF-8"));
    }
    Path entry = source.directory.resolve(name);
    try {
      return new Look(reader.status(name, FileAttributes.of(entry), entry), null);
    } catch (UnreadableException e) {
      return new Look(null, new UnreadableEntry(name, true, e.getMessage()));
    } catch (NoSuchFileException e) {
      return new Look(null, null);
    } catch (IOException e) {
      return new Look(null, new UnreadableEntry(name, true, StoreErrors.reasonOf(e)));
    }
  }

  private void checkSameDirectory() throws IOException {
    FileAttributes now;
    try {
      now = source.look();
    } catch (NoSuchFileException e) {
      throw new IOException("the directory went away while it was listed", e);
    }
    if (!now.isDirectory() || !now.sameFile(opened)) {
      throw new IOException("another directory took its place while it was listed");
    }
  }

  @Override
  public void close() {
    ended = true;
    try (sorter) {
      stream.close();
    } catch (IOException e) {
      throw new UfsException(
          Kind.UNKNOWN, "Cannot close the listing of " + source.tree.uriOf(source.path), e);
    }
  }
}

package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the keys of one range apart, page by page: finds the directory of each, and which
 * directories are to be decided about before what is in them. Checks that keys ascend. Used by one
 * thread at a time.
 */
final class PageKeys {
  /** Directories that are decided about at once, about; what is found at once is bounded by it. */
  private static final int MOST_DIRECTORIES = 1_000;

  private final OpenDirectory top;
  private final CutDirectories cuts;
  private List<UfsFlatListing.Entry> entries = List.of();
  private List<UnreadableEntry> unreadable = List.of();
  private int nextEntry;
  private int nextUnreadable;
  private String last;
  private int found;

  /**
   * Some keys in order, and what they need.
   *
   * @param items the keys
   * @param levels directories that were not decided about yet, parents before what is in them
   */
  record Slice(List<Item> items, List<List<OpenDirectory>> levels) {}

  /**
   * One key.
   *
   * @param home the directory that it is in; of a directory's own key that directory
   * @param status of a file; null for a directory and for what cannot be read
   * @param unreadable what cannot be read in its home; null if it can
   */
  record Item(OpenDirectory home, UfsStatus status, UnreadableEntry unreadable) {}

  PageKeys(OpenDirectory top, CutDirectories cuts) {
    this.top = top;
    this.cuts = cuts;
  }

  /** Takes the next page. */
  void begin(UfsFlatListing.Page page) {
    entries = page.entries();
    unreadable = page.unreadable();
    nextEntry = 0;
    nextUnreadable = 0;
  }

  boolean isEmpty() {
    return nextEntry == entries.size() && nextUnreadable == unreadable.size();
  }

  /**
   * The next keys of the page.
   *
   * @throws io.cadastre.core.error.MetadataException STORE_UNAVAILABLE if keys do not ascend
   */
  Slice next() {
    Slice slice = new Slice(new ArrayList<>(), new ArrayList<>());
    found = 0;
    while (!isEmpty() && found < MOST_DIRECTORIES) {
      boolean readable =
          nextUnreadable == unreadable.size()
              || (nextEntry < entries.size()
                  && NamespacePath.compareNames(
                          entries.get(nextEntry).key(), unreadable.get(nextUnreadable).name())
                      < 0);
      if (readable) {
        add(slice, entries.get(nextEntry++));
      } else {
        add(slice, unreadable.get(nextUnreadable++));
      }
    }
    return slice;
  }

  private void checkOrder(String key) {
    if (last != null && NamespacePath.compareNames(last, key) >= 0) {
      throw MergeJoin.outOfOrder(key, last);
    }
    last = key;
  }

  private void add(Slice slice, UfsFlatListing.Entry entry) {
    String key = entry.key();
    checkOrder(key);
    int end = key.lastIndexOf('/') + 1;
    OpenDirectory at = descend(slice, key, end);
    if (at.key().length() < end) {
      slice.items().add(new Item(at, null, badName(key, at)));
      return;
    }
    if (end == key.length()) {
      at.say(entry.status());
      slice.items().add(new Item(at, null, null));
    } else if (NamespacePath.isValidComponent(entry.status().name())
        && CutDirectories.fits(at.target().path(), entry.status().name())) {
      slice.items().add(new Item(at, entry.status(), null));
    } else {
      slice.items().add(new Item(at, null, badName(key, at)));
    }
  }

  /** What a store cannot read makes its directory unknown, or the deepest one that can be. */
  private void add(Slice slice, UnreadableEntry entry) {
    String key = entry.name();
    checkOrder(key);
    OpenDirectory at = descend(slice, key, key.lastIndexOf('/') + 1);
    slice.items().add(new Item(at, null, inDirectory(entry, at)));
  }

  private static UnreadableEntry inDirectory(UnreadableEntry entry, OpenDirectory at) {
    String rest = entry.name().substring(at.key().length());
    int slash = rest.indexOf('/');
    boolean whole = slash < 0;
    return new UnreadableEntry(
        whole ? rest : rest.substring(0, slash), whole && entry.exact(), entry.reason());
  }

  private static UnreadableEntry badName(String key, OpenDirectory at) {
    return inDirectory(new UnreadableEntry(key, false, "the namespace cannot hold this name"), at);
  }

  /** The directory of a key; one above it if its path cannot be one of the namespace. */
  private OpenDirectory descend(Slice slice, String key, int end) {
    OpenDirectory at = top;
    need(slice, at);
    int start = 0;
    while (start < end) {
      int slash = key.indexOf('/', start);
      String name = key.substring(start, slash);
      if (!at.isNewest(name)
          && (!NamespacePath.isValidComponent(name)
              || !CutDirectories.fits(at.target().path(), name))) {
        return at;
      }
      at = at.child(name, cuts);
      need(slice, at);
      start = slash + 1;
    }
    return at;
  }

  private void need(Slice slice, OpenDirectory directory) {
    if (directory.isDecided() || directory.queue()) {
      return;
    }
    while (slice.levels().size() <= directory.depth()) {
      slice.levels().add(new ArrayList<>());
    }
    slice.levels().get(directory.depth()).add(directory);
    found++;
  }
}

package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * All keys of a range below a directory, a page of keys at a time. A file is held back until it is
 * known whether a directory has its name, which the keys behind it tell; beyond a bound, and at the
 * end of the range, the store is asked.
 */
final class S3FlatListing implements UfsFlatListing {
  /** Most entries held back before the store is asked. */
  private static final int HELD_ENTRIES = 5_000;

  private final S3Lookup lookup;
  private final String path;
  private final String prefix;
  private final String startAfter;
  private final String endAt;
  private final String agreedEnd;
  private final int pageEntries;
  private final KeyStream keys;

  /** In order; those that are open wait, and what is behind them waits with them. */
  private final Deque<Held> held = new ArrayDeque<>();

  /** Files of which it is not known yet, each name a prefix of the next. */
  private final Deque<Held> open = new ArrayDeque<>();

  private boolean read;
  private boolean ended;

  private static final class Held {
    private final Entry entry;
    private final UnreadableEntry unreadable;
    private boolean open;
    private boolean hidden;

    /** One of the two is null. */
    private Held(Entry entry, UnreadableEntry unreadable) {
      this.entry = entry;
      this.unreadable = unreadable;
    }
  }

  /**
   * @param startAfter empty for the first key
   * @param endAt null for the last key
   */
  S3FlatListing(S3Lookup lookup, String path, String startAfter, String endAt, int pageEntries) {
    this.lookup = lookup;
    this.path = path;
    this.prefix = lookup.bucket().directoryKey(path);
    this.startAfter = startAfter;
    this.endAt = endAt;
    this.agreedEnd = endAt == null ? null : KeyStream.cut(endAt);
    this.pageEntries = pageEntries;
    this.keys = new KeyStream(lookup.bucket(), prefix, false, startAfter);
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    if (!isReady() && !read) {
      read(deadline);
    }
    Page page = page();
    ended = page.last();
    return page;
  }

  private boolean isReady() {
    return !held.isEmpty() && !held.peek().open;
  }

  private void read(StoreDeadline deadline) {
    for (KeyStream.Item item : keys.next(deadline)) {
      String key = item.key().substring(prefix.length());
      settleUpTo(key);
      if (isBeyondEnd(key)) {
        read = true;
        break;
      }
      if (NamespacePath.compareNames(key, startAfter) > 0
          && (endAt == null || NamespacePath.compareNames(key, endAt) <= 0)) {
        accept(key, item);
      }
    }
    if (keys.ended() && !read) {
      open.forEach(file -> file.open = false);
      open.clear();
      read = true;
    }
    while (!open.isEmpty() && (read || held.size() > HELD_ENTRIES)) {
      Held file = open.pollFirst();
      file.open = false;
      file.hidden = lookup.isDirectory(UfsPath.child(path, file.entry.key()), deadline);
    }
  }

  /** Behind the range in every order that a store may have, so that a wrong one shows first. */
  private boolean isBeyondEnd(String key) {
    return endAt != null
        && NamespacePath.compareNames(key, endAt) > 0
        && (agreedEnd.length() == endAt.length() || !key.startsWith(agreedEnd));
  }

  /** Files before this key of which it now shows whether a directory has their name. */
  private void settleUpTo(String key) {
    while (!open.isEmpty()) {
      Held file = open.peekLast();
      String directory = file.entry.key() + "/";
      file.hidden = key.startsWith(directory);
      if (!file.hidden && NamespacePath.compareNames(key, directory) < 0) {
        return;
      }
      file.open = false;
      open.removeLast();
    }
  }

  private void accept(String key, KeyStream.Item item) {
    if (key.isEmpty()) {
      return; // The directory's own marker.
    }
    boolean directory = key.endsWith("/");
    String relative = directory ? key.substring(0, key.length() - 1) : key;
    if (!Unmirrored.isPath(relative)) {
      held.add(new Held(null, Unmirrored.badName(key)));
      return;
    }
    String name = UfsPath.name(relative);
    Held next =
        new Held(
            new Entry(key, directory ? ObjectStatus.directory(name) : item.object().toFile(name)),
            null);
    held.add(next);
    if (!directory) {
      next.open = true;
      open.addLast(next);
    }
  }

  private Page page() {
    List<Entry> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>();
    while (isReady() && entries.size() + unreadable.size() < pageEntries) {
      Held next = held.poll();
      if (next.unreadable != null) {
        unreadable.add(next.unreadable);
      } else if (next.hidden) {
        unreadable.add(Unmirrored.hidden(next.entry.key()));
      } else {
        entries.add(next.entry);
      }
    }
    return new Page(entries, unreadable, held.isEmpty() && read);
  }

  @Override
  public void close() {
    ended = true;
  }
}

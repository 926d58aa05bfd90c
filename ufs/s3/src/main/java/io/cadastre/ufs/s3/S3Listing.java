package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.s3.HeldNames.Held;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The children of a directory: a page of keys at a time, brought into the order of names. What has
 * to be held back is bounded: beyond that, the store is asked for the very directory that is waited
 * for, which is rare (many names like `part-00001` and perhaps a directory `part`).
 */
final class S3Listing implements UfsListing {
  /** Most names held back before the store is asked; a few hundred bytes each. */
  private static final int HELD_NAMES = 5_000;

  private final S3Lookup lookup;
  private final String path;
  private final String prefix;
  private final String startAfter;
  private final int pageEntries;
  private final KeyStream keys;
  private final HeldNames names;
  private final Deque<Held> ready = new ArrayDeque<>();
  private final List<UnreadableEntry> unreadable = new ArrayList<>();
  private boolean seen;
  private boolean ended;

  S3Listing(S3Lookup lookup, String path, String startAfter, int pageEntries) {
    this.lookup = lookup;
    this.path = path;
    this.prefix = lookup.bucket().directoryKey(path);
    this.startAfter = startAfter;
    this.pageEntries = pageEntries;
    this.keys = new KeyStream(lookup.bucket(), prefix, true, startAfter);
    this.names = new HeldNames(startAfter);
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    if (ready.isEmpty() && !keys.ended()) {
      read(deadline);
    }
    Page page = page();
    ended = page.last();
    return page;
  }

  private void read(StoreDeadline deadline) {
    for (KeyStream.Item item : keys.next(deadline)) {
      seen = true;
      accept(item);
    }
    if (keys.ended()) {
      names.end();
      if (!seen) {
        checkDirectory(deadline);
      }
    }
    release();
    while (names.size() > HELD_NAMES) {
      String awaited = names.awaited();
      boolean there = lookup.isDirectory(UfsPath.child(path, awaited), deadline);
      names.settle(awaited, there);
      release();
    }
  }

  private void accept(KeyStream.Item item) {
    String rest = item.key().substring(prefix.length());
    if (rest.isEmpty()) {
      return; // The directory's own marker.
    }
    boolean directory = rest.endsWith("/");
    String name = directory ? rest.substring(0, rest.length() - 1) : rest;
    if (!NamespacePath.isValidComponent(name)) {
      unreadable.add(Unmirrored.badName(name));
    } else if (NamespacePath.compareNames(name, startAfter) <= 0) {
      return;
    } else if (directory) {
      names.directory(name);
    } else {
      names.file(name, item.object());
    }
  }

  private void release() {
    for (Held next = names.poll(); next != null; next = names.poll()) {
      ready.add(next);
    }
  }

  /** Nothing was found: the directory may be empty, all of it before `startAfter`, or missing. */
  private void checkDirectory(StoreDeadline deadline) {
    boolean mayHaveMore = !startAfter.isEmpty() && lookup.isDirectory(path, deadline);
    if (!path.isEmpty() && !mayHaveMore) {
      throw lookup.explainMissing(path, deadline);
    }
  }

  private Page page() {
    List<UfsStatus> entries = new ArrayList<>();
    List<UnreadableEntry> hidden = new ArrayList<>(unreadable);
    unreadable.clear();
    while (!ready.isEmpty() && entries.size() < pageEntries) {
      Held next = ready.poll();
      if (next.directory()) {
        entries.add(ObjectStatus.directory(next.name()));
        if (next.file() != null) {
          hidden.add(Unmirrored.hidden(next.name()));
        }
      } else {
        entries.add(next.file().toFile(next.name()));
      }
    }
    return new Page(entries, hidden, ready.isEmpty() && keys.ended());
  }

  @Override
  public void close() {
    ended = true;
  }
}

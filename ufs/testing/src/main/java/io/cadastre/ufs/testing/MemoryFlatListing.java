package io.cadastre.ufs.testing;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Pages of a subtree as it is when each is asked for; walks it whole for each page. */
final class MemoryFlatListing implements UfsFlatListing {
  private final MemoryUnderFileSystem files;
  private final String path;
  private final String endAt;
  private String after;
  private int pages;
  private boolean ended;

  MemoryFlatListing(MemoryUnderFileSystem files, String path, String after, String endAt) {
    this.files = files;
    this.path = path;
    this.after = after;
    this.endAt = endAt;
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    Page page = files.request(StoreOperation.FLAT_PAGE, path, pages, deadline, this::read);
    pages++;
    ended = page.last();
    return page;
  }

  private Page read() {
    List<Entry> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>();
    for (Map.Entry<String, Node> found : keys(files, path).tailMap(after, false).entrySet()) {
      String key = found.getKey();
      if (endAt != null && NamespacePath.compareNames(key, endAt) > 0) {
        break;
      }
      if (entries.size() + unreadable.size() == files.pageEntries()) {
        return new Page(entries, unreadable, false);
      }
      after = key;
      Node node = found.getValue();
      if (node.unreadable == null || node.isDirectory()) {
        String name = UfsPath.name(node.isDirectory() ? key.substring(0, key.length() - 1) : key);
        entries.add(new Entry(key, files.store().status(node, name)));
      } else {
        unreadable.add(new UnreadableEntry(key, true, node.unreadable));
      }
    }
    return new Page(entries, unreadable, true);
  }

  /** All below a directory by key, in the order of keys; empty if it is none. */
  static NavigableMap<String, Node> keys(MemoryUnderFileSystem files, String path) {
    NavigableMap<String, Node> keys = new TreeMap<>(NamespacePath::compareNames);
    try {
      Node top = files.find(path);
      if (top.isDirectory()) {
        collect(top, "", files.store().directories(), keys);
      }
    } catch (UfsException e) {
      if (e.kind() != Kind.ABSENT && e.kind() != Kind.NOT_A_DIRECTORY) {
        throw e;
      }
    }
    return keys;
  }

  private static void collect(
      Node directory, String prefix, boolean ownKeys, NavigableMap<String, Node> keys) {
    for (Map.Entry<String, Node> child : directory.children.entrySet()) {
      Node node = child.getValue();
      String key = prefix + child.getKey() + (node.isDirectory() ? "/" : "");
      if (ownKeys || !node.isDirectory() || node.children.isEmpty()) {
        keys.put(key, node);
      }
      if (node.isDirectory()) {
        collect(node, key, ownKeys, keys);
      }
    }
  }

  @Override
  public void close() {
    ended = true;
  }
}

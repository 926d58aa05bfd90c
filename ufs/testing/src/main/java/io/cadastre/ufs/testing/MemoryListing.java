package io.cadastre.ufs.testing;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pages of a directory as it is when each is asked for. */
final class MemoryListing implements UfsListing {
  private final MemoryUnderFileSystem files;
  private final String path;
  private final Node directory;
  private String after;
  private int pages;
  private boolean ended;

  MemoryListing(MemoryUnderFileSystem files, String path, Node directory, String after) {
    this.files = files;
    this.path = path;
    this.directory = directory;
    this.after = after;
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    Page page = files.request(StoreOperation.PAGE, path, pages, deadline, this::read);
    pages++;
    ended = page.last();
    return page;
  }

  private Page read() {
    if (files.find(path) != directory) {
      throw files.failure(Kind.UNKNOWN, "Another directory took its place: ", path);
    }
    List<UfsStatus> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>();
    for (Map.Entry<String, Node> child : directory.children.tailMap(after, false).entrySet()) {
      if (entries.size() + unreadable.size() == files.pageEntries()) {
        return new Page(entries, unreadable, false);
      }
      after = child.getKey();
      Node node = child.getValue();
      // A directory that may not be read is still shown; only listing it fails.
      if (node.unreadable == null || node.isDirectory()) {
        entries.add(files.store().status(node, after));
      } else {
        unreadable.add(new UnreadableEntry(after, true, node.unreadable));
      }
    }
    return new Page(entries, unreadable, true);
  }

  @Override
  public void close() {
    ended = true;
  }
}

package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.hdfs.NameOrder.Batch;
import io.cadastre.ufs.hdfs.NameOrder.Named;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.hdfs.protocol.ClientProtocol;
import org.apache.hadoop.hdfs.protocol.DirectoryListing;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/**
 * A listing by pages of the name node. A directory that fits in one page is one request, answered
 * under the name node's lock. A longer one is looked at before and after its pages: had another
 * taken its place meanwhile, entries would seem to have vanished.
 */
final class HdfsListing implements UfsListing {
  private final HdfsTree tree;
  private final HdfsConnection connection;
  private final String path;
  private final byte[] startAfter;
  private final int pageEntries;
  private final Deque<Named<HdfsFileStatus>> ready = new ArrayDeque<>();
  private NameOrder<HdfsFileStatus> order;
  private long directoryId;
  private byte[] previous = new byte[0];
  private StoreDeadline deadline;
  private boolean begun;
  private boolean ended;

  /**
   * @param startAfter empty to begin at the first name
   */
  HdfsListing(
      HdfsTree tree, HdfsConnection connection, String path, String startAfter, int pageEntries) {
    this.tree = tree;
    this.connection = connection;
    this.path = path;
    this.startAfter = startAfter.getBytes(StandardCharsets.UTF_8);
    this.pageEntries = pageEntries;
  }

  @Override
  public Page next(StoreDeadline newDeadline) {
    if (ended) {
      throw new IllegalStateException("the listing has ended");
    }
    ended = true;
    deadline = newDeadline;
    if (!begun) {
      begin();
      begun = true;
    }
    // Names up to the one to begin after may fill whole pages of the name node.
    while (ready.isEmpty() && order != null) {
      read();
    }
    Page page = page();
    ended = page.last();
    return page;
  }

  private void begin() {
    DirectoryListing first = list(new byte[0]);
    HdfsFileStatus[] children = first.getPartialListing();
    if (children.length == 1 && children[0].isEmptyLocalName()) {
      throw children[0].isSymlink()
          ? tree.throughLink(path)
          : new UfsException(Kind.NOT_A_DIRECTORY, "Not a directory: " + tree.uriOf(path));
    }
    if (first.hasMore()) {
      directoryId = look().getFileId();
      order = new NameOrder<>(after -> batch(list(after)));
    } else {
      take(new NameOrder<HdfsFileStatus>(after -> batch(first)));
    }
  }

  private void read() {
    take(order);
    if (!order.hasMore()) {
      order = null;
      if (look().getFileId() != directoryId) {
        throw changed();
      }
    }
  }

  private void take(NameOrder<HdfsFileStatus> from) {
    List<Named<HdfsFileStatus>> names;
    try {
      names = from.next();
    } catch (NameOrder.OutOfOrderException e) {
      throw HdfsErrors.unknown("list", tree.uriOf(path), e);
    }
    for (Named<HdfsFileStatus> name : names) {
      if (Arrays.compareUnsigned(previous, name.name()) >= 0) {
        throw HdfsErrors.unknown("list", tree.uriOf(path), new NameOrder.OutOfOrderException());
      }
      previous = name.name();
      if (Arrays.compareUnsigned(name.name(), startAfter) > 0) {
        ready.add(name);
      }
    }
  }

  private DirectoryListing list(byte[] after) {
    ClientProtocol nameNode = connection.nameNode();
    DirectoryListing listing;
    try {
      listing =
          tree.ask(
              "list", path, deadline, () -> nameNode.getListing(tree.absolute(path), after, false));
    } catch (UfsException e) {
      throw begun ? e : tree.explain(e, path, deadline);
    }
    if (listing == null) {
      throw begun ? changed() : tree.explainAbsent(path, deadline);
    }
    return listing;
  }

  private HdfsFileStatus look() {
    HdfsFileStatus now = tree.look(path, deadline);
    if (now == null || !now.isDirectory()) {
      throw changed();
    }
    return now;
  }

  private UfsException changed() {
    return new UfsException(
        Kind.UNKNOWN,
        "Cannot list " + tree.uriOf(path) + ": it went away, or was replaced, meanwhile");
  }

  private static Batch<HdfsFileStatus> batch(DirectoryListing listing) {
    List<Named<HdfsFileStatus>> entries = new ArrayList<>();
    for (HdfsFileStatus child : listing.getPartialListing()) {
      entries.add(new Named<>(child.getLocalNameInBytes(), child));
    }
    return new Batch<>(entries, listing.hasMore());
  }

  private Page page() {
    List<UfsStatus> entries = new ArrayList<>();
    List<UnreadableEntry> unreadable = new ArrayList<>(0);
    while (!ready.isEmpty() && entries.size() + unreadable.size() < pageEntries) {
      Named<HdfsFileStatus> child = ready.remove();
      StatusReader.nameOf(child.name())
          .ifPresentOrElse(
              name -> entries.add(StatusReader.status(name, child.value())),
              () -> unreadable.add(unnameable(child.name())));
    }
    return new Page(entries, unreadable, ready.isEmpty() && order == null);
  }

  private static UnreadableEntry unnameable(byte[] name) {
    String text = new String(name, StandardCharsets.UTF_8);
    return new UnreadableEntry(text, false, "its name cannot be one of the namespace");
  }

  @Override
  public void close() {
    ended = true;
    order = null;
    ready.clear();
  }
}

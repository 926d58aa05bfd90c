package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.sync.KnownChildren.Known;
import io.cadastre.server.sync.OpenDirectory.Heard;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares one range of keys with the namespace, page by page. Directories that a page shows are
 * decided about first, level by level, many in a journal entry; then its keys are joined with what
 * is known in them. A directory that the keys have left is done, and marked; one that is {@link
 * CutDirectory cut} is done when all ranges are. Used by one thread at a time; between two pages
 * another may go on.
 */
final class RangeSync implements AutoCloseable {
  /** Known rows read at once, of all directories on one way; the deeper ones read fewer. */
  private static final int CHUNK_ROWS = 1_000;

  private static final int LEAST_CHUNK_ROWS = 8;

  private final SyncContext context;
  private final SyncRun run;
  private final SyncTarget target;
  private final KeyRange range;
  private final CutDirectories cuts;
  private final RangeListing listing;
  private final SyncWriter writer;
  private final DeleteSpill staged;
  private final PageKeys keys;
  private final Deque<ListedDirectory> listed = new ArrayDeque<>();
  private OpenDirectory current;
  private String lastUnreadable = "";
  private long droppedFrom = Long.MAX_VALUE;
  private RangeListing.Page page;
  private MountTable mounts;
  private long settledNanos = System.nanoTime();

  /**
   * @param kept told of directories that only the namespace has, and keeps for mounts below them;
   *     perhaps of one in a directory that turns out to be such itself
   */
  RangeSync(
      SyncContext context,
      SyncRun run,
      KeyRange range,
      CutDirectories cuts,
      SyncSettings settings,
      Consumer<NamespacePath> kept) {
    this.context = context;
    this.run = run;
    this.target = run.target();
    this.range = range;
    this.cuts = cuts;
    this.listing = new RangeListing(context, target, range);
    this.writer = new SyncWriter(context, null);
    this.staged = new DeleteSpill(target, settings);
    this.current = OpenDirectory.top(target, cuts.top(), kept);
    this.keys = new PageKeys(current, cuts);
  }

  /** Asks for the next page ahead, if there is room. */
  void ahead() {
    listing.ahead();
  }

  /** Waits until all that was journaled is applied. */
  void drain() throws InterruptedException {
    writer.drain();
  }

  /** Whether the next page is there. */
  boolean isReady() {
    return listing.isReady();
  }

  /**
   * Compares the next page.
   *
   * @return whether more follow
   * @throws io.cadastre.ufs.spi.UfsException as the store's listing does; the range has failed then
   */
  boolean compareNext() throws InterruptedException {
    boolean begun = page != null;
    page = listing.next();
    try (AppliedView view = context.leadership().view()) {
      mounts = view.mounts();
    }
    if (!begun) {
      openCuts(range.startAfter());
    }
    keys.begin(page.page());
    while (!keys.isEmpty()) {
      PageKeys.Slice slice = keys.next();
      for (List<OpenDirectory> level : slice.levels()) {
        decide(level);
      }
      for (PageKeys.Item item : slice.items()) {
        join(item);
      }
    }
    if (context.leadership().isClosed()) {
      throw new InterruptedException("the term is over");
    }
    if (page.page().last()) {
      finish();
      return false;
    }
    if (SyncRun.isToSettle(listed.size(), settledNanos)) {
      settle();
      run.journalMarks(writer);
    }
    return true;
  }

  /** Journals what was decided, and marks what is done by that. */
  private void settle() throws InterruptedException {
    settledNanos = System.nanoTime();
    writer.finish();
    run.mark(listed, writer);
  }

  private void finish() throws InterruptedException {
    if (range.endAt() != null) {
      openCuts(range.endAt());
    }
    while (current != null) {
      leave();
    }
    settle();
    run.deletes().take(staged);
  }

  /** The rest is not known: what this range would have taken away stays, what it found counts. */
  void giveUp() throws InterruptedException {
    run.deletes().drop(staged);
    for (CutDirectory cut : cuts.all()) {
      cut.left(true, false);
    }
    settle();
  }

  // Directories.

  /** Goes to where the range begins or ends: no other one sees what is known around there. */
  private void openCuts(String key) throws InterruptedException {
    OpenDirectory at = top();
    expect(at);
    for (CutDirectory cut : cuts.above(key)) {
      if (cut.parent() != null) {
        at = at.child(cut.path().name(), cuts);
        expect(at);
      }
    }
    goTo(at);
  }

  private OpenDirectory top() {
    OpenDirectory top = current;
    while (top.parent() != null) {
      top = top.parent();
    }
    return top;
  }

  /** A directory that may have nothing in this range but what the namespace has there. */
  private void expect(OpenDirectory directory) {
    long knownId = directory.cut().knownId();
    if (directory.pairs() == null
        && !directory.isDecided()
        && knownId != DirectoryPairs.NOT_THERE) {
      begin(directory);
      directory.expect(knownId, pairs(directory, knownId));
      directory.join(known(directory, knownId));
    }
  }

  private void begin(OpenDirectory directory) {
    directory.asked(page.index(), page.millis());
    directory.stagedFrom(staged.size());
    if (directory.cut() != null) {
      directory.cut().asked(page.index(), page.millis());
    }
  }

  private DirectoryPairs pairs(OpenDirectory directory, long id) {
    DirectoryPairs pairs =
        new DirectoryPairs(context, directory.target(), id, writer, staged, directory);
    pairs.from(mounts, page.index());
    return pairs;
  }

  private KnownChildren known(OpenDirectory directory, long id) {
    String from = "";
    if (directory.cut() != null && range.startAfter().startsWith(directory.key())) {
      String rest = range.startAfter().substring(directory.key().length());
      from = rest.substring(0, rest.indexOf('/') + 1);
      from = from.isEmpty() ? rest : from;
    }
    int chunk = Math.max(LEAST_CHUNK_ROWS, CHUNK_ROWS / (directory.depth() + 1));
    return new KnownChildren(context.leadership(), id, from, chunk);
  }

  /** Decides about directories whose parents are decided about. */
  private void decide(List<OpenDirectory> level) throws InterruptedException {
    List<OpenDirectory> wanted = new ArrayList<>();
    for (OpenDirectory directory : level) {
      OpenDirectory parent = directory.parent();
      if (parent != null && parent.isIgnored()) {
        directory.ignore();
      } else if (directory.cut() != null) {
        decideCut(directory);
      } else {
        wanted.add(directory);
      }
    }
    look(wanted);
  }

  /** One that other ranges may decide about at the same time. */
  private void decideCut(OpenDirectory directory) throws InterruptedException {
    CutDirectory cut = directory.cut();
    synchronized (cut) {
      if (cut.parent() == null) {
        cut.see(cut.knownId(), false);
      } else if (!cut.isSeen()) {
        look(List.of(directory));
        cut.see(directory.id(), directory.isIgnored());
      }
    }
    if (cut.isIgnored()) {
      directory.ignore();
    } else if (directory.pairs() == null || directory.id() != cut.id()) {
      compare(directory, cut.id(), cut.id() == cut.knownId());
    } else {
      directory.compare(directory.id(), directory.pairs());
    }
  }

  private void compare(OpenDirectory directory, long id, boolean wasThere) {
    begin(directory);
    directory.compare(id, pairs(directory, id));
    directory.join(wasThere && id != DirectoryPairs.NOT_THERE ? known(directory, id) : null);
  }

  /** Compares directories with what the namespace has in their place; makes what is missing. */
  private void look(List<OpenDirectory> wanted) throws InterruptedException {
    List<byte[]> rows = new ArrayList<>(wanted.size());
    rows(wanted, rows);
    List<OpenDirectory> made = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      OpenDirectory directory = wanted.get(i);
      switch (look(directory, rows.get(i))) {
        case KNOWN -> compare(directory, InodeRow.id(rows.get(i)), true);
        case MADE -> made.add(directory);
        default -> directory.ignore();
      }
    }
    if (!made.isEmpty()) {
      writer.finish();
      born(made);
    }
  }

  private void rows(List<OpenDirectory> wanted, List<byte[]> rows) {
    try (AppliedView view = context.leadership().view()) {
      for (OpenDirectory directory : wanted) {
        byte[] key = KeyLayout.child(directory.parent().id(), directory.name());
        rows.add(view.get(Family.CHILDREN, key));
      }
    }
  }

  private Heard look(OpenDirectory directory, byte[] row) throws InterruptedException {
    DirectoryPairs pairs = directory.parent().pairs();
    UfsStatus status = status(directory, pairs);
    if (status == null) {
      return Heard.NOTHING;
    }
    pairs.from(mounts, page.index());
    if (row == null) {
      pairs.onlyInStore(status);
    } else {
      pairs.inBoth(status, row);
    }
    pairs.checkInterrupted();
    return directory.parent().heard();
  }

  /** What the store says of a directory; null if it does not. */
  private UfsStatus status(OpenDirectory directory, DirectoryPairs parent) {
    if (directory.said() != null) {
      return directory.said();
    }
    if (!target.store().supportsDirectories()) {
      return UfsStatus.impliedDirectory(directory.name());
    }
    // Its own key lies before the range, or it was made since that was passed.
    StoreLookup lookup = context.lookup(directory.target());
    if (lookup instanceof StoreLookup.Present present && present.status().isDirectory()) {
      return present.status();
    }
    parent.setUnknown();
    if (lookup instanceof StoreLookup.Unknown unknown) {
      context.fail(directory.target().path(), unknown);
    }
    return null;
  }

  /** What is journaled has ids now, unless the cluster was faster. */
  private void born(List<OpenDirectory> made) {
    List<byte[]> rows = new ArrayList<>(made.size());
    rows(made, rows);
    for (int i = 0; i < made.size(); i++) {
      byte[] row = rows.get(i);
      if (row != null && InodeRow.isDirectory(row)) {
        compare(made.get(i), InodeRow.id(row), false);
      } else if (context.dryRun()) {
        compare(made.get(i), DirectoryPairs.NOT_THERE, false);
      } else {
        context.progress().skipped.increment();
        made.get(i).ignore();
      }
    }
  }

  // Keys.

  private void join(PageKeys.Item item) throws InterruptedException {
    goTo(item.home());
    if (current.isIgnored()) {
      return;
    }
    current.pairs().from(mounts, page.index());
    if (item.status() != null) {
      current.file(item.status(), cuts);
    } else if (item.unreadable() != null) {
      unreadable(item.unreadable());
    }
  }

  /** Keys that are folded into one entry of their directory are one. */
  private void unreadable(UnreadableEntry entry) {
    String whole = current.key() + entry.name();
    if (!whole.equals(lastUnreadable) || !current.pairs().isUnknown()) {
      current.passUnreadable(entry.name(), cuts);
      current.pairs().unreadable(entry);
      lastUnreadable = whole;
    }
  }

  private void goTo(OpenDirectory home) throws InterruptedException {
    if (home == current) {
      return;
    }
    Deque<OpenDirectory> way = new ArrayDeque<>();
    OpenDirectory at = home;
    while (at.depth() > current.depth()) {
      way.addFirst(at);
      at = at.parent();
    }
    while (current != at) {
      if (current.depth() == at.depth()) {
        way.addFirst(at);
        at = at.parent();
      }
      leave();
    }
    for (OpenDirectory next : way) {
      next.parent().pass(next, cuts);
      current = next;
    }
  }

  /** No key of the range follows in this directory. */
  private void leave() throws InterruptedException {
    OpenDirectory left = current;
    current = left.parent();
    drain(left);
    DirectoryPairs pairs = left.pairs();
    if (pairs == null) {
      return;
    }
    if (left.cut() != null) {
      left.cut().left(pairs.isUnknown(), pairs.holdsDeletes());
      return;
    }
    context.progress().directories.increment();
    if (pairs.isUnknown()) {
      if (pairs.holdsDeletes()) {
        // What was dropped before has moved those behind it to lower numbers.
        droppedFrom = Math.min(droppedFrom, left.stagedFrom());
        run.deletes().drop(staged, droppedFrom, left.id());
      }
      return;
    }
    ListedDirectory done =
        new ListedDirectory(
            left.target().path(),
            left.id(),
            new DirectorySync.Outcome(true, pairs.holdsDeletes(), left.index(), left.millis()));
    if (pairs.holdsDeletes()) {
      run.markLater(done);
    } else {
      listed.add(done);
    }
  }

  private void drain(OpenDirectory left) {
    if (!context.refresh() || left.pairs() == null) {
      return;
    }
    left.pairs().from(mounts, page.index());
    for (Known entry : left.drain(range, cuts)) {
      SyncTarget there = target.at(left.target().path().child(entry.name()));
      StoreLookup lookup = context.lookup(there);
      if (lookup == StoreLookup.ABSENT) {
        left.pairs().onlyInNamespace(entry.name(), entry.row());
      } else if (lookup instanceof StoreLookup.Unknown unknown) {
        left.pairs().setUnknown();
        context.fail(there.path(), unknown);
      }
    }
  }

  @Override
  public void close() {
    listing.close();
    staged.close();
  }
}

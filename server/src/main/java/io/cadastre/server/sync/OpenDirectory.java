package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.sync.KnownChildren.Known;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A directory while the keys of a range are in it: joins what the store lists with what is known,
 * both by key. Store and namespace may have a file and a directory of one name, which stand at two
 * keys; so a file that only the namespace has is in doubt until the directory of its name can come
 * no more. What is in doubt is a chain of prefixes, and short. Directories are decided about before
 * what is in them; here they are only passed. Used by one thread at a time.
 */
final class OpenDirectory implements DirectoryPairs.Subdirectories {
  /** What is known of it. */
  private enum State {
    /** Keys in it were not seen yet, or it was not looked up yet. */
    OPEN,
    /** It is in the store, and is compared. */
    COMPARED,
    /**
     * It is in the store, and is not compared: a mount point, or something else is in its place.
     */
    IGNORED
  }

  private final OpenDirectory parent;
  private final String name;
  private final String key;
  private final SyncTarget target;
  private final int depth;
  private final CutDirectory cut;
  private final Consumer<NamespacePath> keptBelow;
  private final Deque<Known> doubtful = new ArrayDeque<>();
  private final List<Known> unsure = new ArrayList<>(0);
  private State state = State.OPEN;
  private OpenDirectory newest;
  private UfsStatus said;
  private DirectoryPairs pairs;
  private KnownChildren known;
  private long id = DirectoryPairs.NOT_THERE;
  private long index;
  private long millis;
  private long stagedFrom;
  private Heard heard = Heard.NOTHING;
  private boolean queued;

  /** What deciding about a directory in it has said. */
  enum Heard {
    NOTHING,
    KNOWN,
    MADE
  }

  private OpenDirectory(
      OpenDirectory parent,
      String name,
      String key,
      SyncTarget target,
      CutDirectory cut,
      Consumer<NamespacePath> keptBelow) {
    this.keptBelow = keptBelow;
    this.parent = parent;
    this.name = name;
    this.key = key;
    this.target = target;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.cut = cut;
  }

  /**
   * @param keptBelow told of directories that only the namespace has, and keeps for mounts below
   *     them
   */
  static OpenDirectory top(SyncTarget target, CutDirectory cut, Consumer<NamespacePath> keptBelow) {
    return new OpenDirectory(null, "", "", target, cut, keptBelow);
  }

  /** The directory of this name in it; the one from before if it was the last. */
  OpenDirectory child(String childName, CutDirectories cuts) {
    if (!isNewest(childName)) {
      String childKey = key + childName + "/";
      newest =
          new OpenDirectory(
              this,
              childName,
              childKey,
              target.at(target.path().child(childName)),
              cuts.at(childKey),
              keptBelow);
    }
    return newest;
  }

  /** Whether the last directory that was found in it has this name. */
  boolean isNewest(String childName) {
    return newest != null && newest.name.equals(childName);
  }

  /** Null for the top. */
  OpenDirectory parent() {
    return parent;
  }

  String name() {
    return name;
  }

  /** What the keys in it begin with: with a slash at its end; empty for the top. */
  String key() {
    return key;
  }

  SyncTarget target() {
    return target;
  }

  /** Components below the top. */
  int depth() {
    return depth;
  }

  /** Null if all of it is in one range. */
  CutDirectory cut() {
    return cut;
  }

  long id() {
    return id;
  }

  boolean isDecided() {
    return state != State.OPEN;
  }

  boolean isIgnored() {
    return state == State.IGNORED;
  }

  /** Null unless it is compared, or was known when the run began and is cut. */
  DirectoryPairs pairs() {
    return pairs;
  }

  /** What the store says of the directory itself, if its own key was listed; else null. */
  UfsStatus said() {
    return said;
  }

  void say(UfsStatus status) {
    said = status;
  }

  /** Whether it waits to be decided about; asking makes it so. */
  boolean queue() {
    boolean before = queued;
    queued = true;
    return before;
  }

  long index() {
    return index;
  }

  long millis() {
    return millis;
  }

  /** When the first page was asked for that has keys in it. */
  void asked(long listingIndex, long listingMillis) {
    index = listingIndex;
    millis = listingMillis;
  }

  /** It is in the store. */
  void compare(long directoryId, DirectoryPairs decider) {
    state = State.COMPARED;
    id = directoryId;
    pairs = decider;
  }

  /** It is cut, and known; whether it is in the store is not. */
  void expect(long directoryId, DirectoryPairs decider) {
    id = directoryId;
    pairs = decider;
  }

  /** It is in the store; the namespace has something there that is left alone. */
  void ignore() {
    state = State.IGNORED;
    pairs = null;
    known = null;
  }

  /** What the namespace has in it; else nothing. */
  void join(KnownChildren children) {
    known = children;
  }

  /** Deletes staged so far are not of it. */
  void stagedFrom(long number) {
    stagedFrom = number;
  }

  long stagedFrom() {
    return stagedFrom;
  }

  @Override
  public void known(String childName) {
    heard = Heard.KNOWN;
  }

  @Override
  public void kept(String childName) {
    keptBelow.accept(target.path().child(childName));
  }

  @Override
  public void made(String childName) {
    heard = Heard.MADE;
  }

  /** What was said of a directory in it since the last call. */
  Heard heard() {
    Heard last = heard;
    heard = Heard.NOTHING;
    return last;
  }

  /** The store has a file, or something else that is no directory. */
  void file(UfsStatus status, CutDirectories cuts) throws InterruptedException {
    Known match = upTo(status.name(), cuts);
    if (match == null && known != null) {
      match = known.takeDirectory(status.name()).orElse(null);
      CutDirectory gone = cuts.at(key + status.name() + "/");
      if (match != null && gone != null) {
        gone.replace();
      }
    }
    if (match == null) {
      pairs.onlyInStore(status);
    } else {
      pairs.inBoth(status, match.row());
    }
    pairs.checkInterrupted();
  }

  /** The store has a directory, which is decided about elsewhere. */
  void pass(OpenDirectory child, CutDirectories cuts) {
    if (pairs == null) {
      return;
    }
    upTo(child.name + "/", cuts);
    if (!doubtful.isEmpty() && doubtful.peekLast().name().equals(child.name)) {
      doubtful.removeLast();
    }
  }

  /** The store has something of this name that it cannot read. */
  void passUnreadable(String childName, CutDirectories cuts) {
    upTo(childName, cuts);
  }

  /** The store has nothing between the last key and this one. Takes what is known at this key. */
  private Known upTo(String childKey, CutDirectories cuts) {
    if (known == null) {
      return null;
    }
    Known next = known.peek();
    while (next != null && NamespacePath.compareNames(next.key(), childKey) < 0) {
      known.take(next);
      onlyInNamespace(next, cuts);
      next = known.peek();
    }
    settle(childKey);
    if (next == null || !next.key().equals(childKey)) {
      return null;
    }
    known.take(next);
    return next;
  }

  /**
   * The store has nothing behind the last key, as far as the range goes.
   *
   * @return entries in the place of which another range may have one of the other kind
   */
  List<Known> drain(KeyRange range, CutDirectories cuts) {
    if (known == null) {
      return List.of();
    }
    Known next = known.peek();
    while (next != null && !(cut != null && range.isBehind(key + next.key()))) {
      known.take(next);
      onlyInNamespace(next, cuts);
      next = known.peek();
    }
    for (Known last : doubtful) {
      if (cut != null && range.isBehind(key + last.name() + "/")) {
        unsure.add(last);
      } else {
        pairs.onlyInNamespace(last.name(), last.row());
      }
    }
    return unsure;
  }

  private void onlyInNamespace(Known gone, CutDirectories cuts) {
    settle(gone.key());
    if (!gone.directory()) {
      doubtful.addLast(gone);
    } else if (cuts.at(key + gone.key()) == null) {
      if (gone.before()) {
        unsure.add(gone);
      } else {
        pairs.onlyInNamespace(gone.name(), gone.row());
      }
    }
  }

  /** Files whose directories would stand before this key have none. */
  private void settle(String childKey) {
    while (!doubtful.isEmpty()
        && NamespacePath.compareNames(doubtful.peekLast().name() + "/", childKey) < 0) {
      Known gone = doubtful.removeLast();
      pairs.onlyInNamespace(gone.name(), gone.row());
    }
  }
}

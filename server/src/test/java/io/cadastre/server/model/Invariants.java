package io.cadastre.server.model;

import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What must hold whatever the scenario is. Counts how often each was looked at, and ends the run at
 * the first that does not hold.
 */
final class Invariants {
  /** Each with the sentence that it stands for. */
  enum Invariant {
    ANSWERS("An operation is answered as the plain namespace answers it."),
    LISTINGS("A listing shows what the plain namespace has, with the same attributes."),
    CHILD_COUNTS("A directory counts as many entries as it has."),
    IDS("An inode keeps its id for life, and no id is given to a second one."),
    CHANGE_INDEX(
        "The change index of an inode grows with each of its changes, to the state index of that"
            + " change, and stays while nothing changes."),
    ORDER("State indexes of answers never go back, and each change has a later one than before."),
    ONCE("A repeated operation id gets its first answer and changes nothing."),
    SERIALISATION("Operations that race for a name are answered as in some order of them."),
    LOCKS_STAY("Nobody gets a lock because its owner's caller stopped waiting."),
    NOTHING_LEFT("At rest no lock is held, nobody waits and no change of a store is open."),
    REPLICAS("All replicas have the same state at the same index."),
    STORES("A store holds what other programs and acknowledged operations put there."),
    FAILURES("Nothing is removed from the namespace because its store failed."),
    INVALIDATIONS(
        "Only a directory of a change that was given up is said to differ from its store, and it is"
            + " compared before it is shown."),
    MASTERS("No master halts.");

    private final String sentence;

    Invariant(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  /** An invariant that did not hold. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final Invariant invariant;

    Broken(Invariant invariant, String what) {
      super(invariant + ": " + invariant.sentence() + "\n  " + what);
      this.invariant = invariant;
    }

    Invariant invariant() {
      return invariant;
    }
  }

  private final Map<Invariant, LongAdder> checked = new EnumMap<>(Invariant.class);
  private final Map<Long, Inode> owners = new HashMap<>();
  private long newestIndex;

  Invariants() {
    for (Invariant invariant : Invariant.values()) {
      checked.put(invariant, new LongAdder());
    }
  }

  long checks(Invariant invariant) {
    return checked.get(invariant).sum();
  }

  void check(Invariant invariant, boolean holds, String what) {
    checked.get(invariant).increment();
    if (!holds) {
      throw new Broken(invariant, what);
    }
  }

  private void same(Invariant invariant, Object wanted, Object found, String what) {
    checked.get(invariant).increment();
    if (!wanted.equals(found)) {
      throw new Broken(invariant, what + ": expected " + wanted + ", found " + found);
    }
  }

  /** An answer was read at this index, after all answers before it had come. */
  void readAt(long stateIndex, String what) {
    answeredAt(stateIndex, false, newestIndex, what);
  }

  /**
   * An answer was read or applied at this index.
   *
   * @param newestBefore the newest index when it was asked for; since then its effects may have
   *     been read
   */
  void answeredAt(long stateIndex, boolean change, long newestBefore, String what) {
    check(
        Invariant.ORDER,
        change ? stateIndex > newestBefore : stateIndex >= newestBefore,
        what + ": answered at index " + stateIndex + " after an answer at " + newestBefore);
    newestIndex = Math.max(newestIndex, stateIndex);
  }

  /** The newest index of all answers so far. */
  long newestIndex() {
    return newestIndex;
  }

  /** Answers came in no order. */
  void answeredBy(long stateIndex) {
    newestIndex = Math.max(newestIndex, stateIndex);
  }

  /** This inode was seen with this id. */
  void hasId(Inode inode, long id, String what) {
    if (inode.id == 0) {
      Inode owner = owners.put(id, inode);
      check(Invariant.IDS, id != 0 && owner == null, what + ": has id " + id + " of another one");
      inode.id = id;
    } else {
      same(Invariant.IDS, inode.id, id, what + ": id");
    }
  }

  /** What is known of this id from the start. */
  void knownId(Inode inode, long id) {
    owners.put(id, inode);
    inode.id = id;
  }

  /** It was changed at this index, beside others if they are `concurrent`. */
  void changedAt(Inode inode, long stateIndex, boolean concurrent, String what) {
    check(
        Invariant.CHANGE_INDEX,
        concurrent || stateIndex > inode.changeIndex,
        what + ": changed at " + stateIndex + " after " + inode.changeIndex);
    inode.changeIndex = Math.max(inode.changeIndex, stateIndex);
    inode.changeIndexKnown = true;
  }

  /**
   * An inode as a master shows it.
   *
   * @param fingerprint as the store has it; null if it cannot be told
   */
  void matches(String path, Inode wanted, FileStatus found, String fingerprint) {
    boolean directory = found.getKind() == InodeKind.DIRECTORY;
    same(Invariant.LISTINGS, wanted.directory, directory, path + ": is a directory");
    hasId(wanted, found.getId(), path);
    same(Invariant.LISTINGS, wanted.size, found.getSize(), path + ": size");
    same(Invariant.LISTINGS, wanted.owner, found.getOwner(), path + ": owner");
    same(Invariant.LISTINGS, wanted.group, found.getGroup(), path + ": group");
    same(
        Invariant.LISTINGS,
        Integer.toOctalString(wanted.mode),
        Integer.toOctalString(found.getMode()),
        path + ": mode");
    same(Invariant.LISTINGS, wanted.incomplete, found.getIncomplete(), path + ": incomplete");
    same(Invariant.LISTINGS, wanted.xattrs, xattrs(found), path + ": extended attributes");
    if (wanted.mtimeMillis >= 0) {
      same(Invariant.LISTINGS, wanted.mtimeMillis, found.getMtimeMillis(), path + ": mtime");
    }
    if (fingerprint != null) {
      same(Invariant.LISTINGS, fingerprint, found.getFingerprint(), path + ": fingerprint");
    }
    long children = wanted.directory ? wanted.children.size() : 0;
    same(Invariant.CHILD_COUNTS, children, found.getChildCount(), path + ": child count");
    long index = found.getChangeIndex();
    check(
        Invariant.CHANGE_INDEX,
        wanted.changeIndexKnown ? index == wanted.changeIndex : index >= wanted.changeIndex,
        path + ": change index " + index + " after " + wanted.changeIndex);
    wanted.changeIndex = index;
    wanted.changeIndexKnown = true;
  }

  private static TreeMap<String, String> xattrs(FileStatus status) {
    TreeMap<String, String> found = new TreeMap<>();
    for (Xattr xattr : status.getXattrsList()) {
      found.put(xattr.getName(), xattr.getValue().toStringUtf8());
    }
    return found;
  }
}

package io.cadastre.server.model;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a leader believes to be absent: a store has told it so, and it need not ask again for the
 * first missing name of a path, nor for what would lie below. The belief ends with its term, when
 * the directory loses an entry, and when it or one above it is moved; it hides nothing that is
 * known. Who led while the store was asked is not always certain, so a belief may be uncertain too.
 * Used by one thread.
 */
final class AbsentPaths {
  /** Whether a path is believed absent. */
  enum Belief {
    NO,
    /** It is or it is not; nobody can tell. */
    MAYBE,
    YES
  }

  /** Of a step in which leaders came and went. */
  static final long UNKNOWN_TERM = 0;

  /** A missing name; directories are told apart by identity. */
  private record Key(Inode directory, String name) {}

  /** Where a directory was at the end of a step, and what was in it. */
  private record Place(Inode above, String name, Map<String, Inode> children) {
    boolean isAt(Place other) {
      return above == other.above && name.equals(other.name);
    }
  }

  /** The term in which the store was asked, by what it said. */
  private final Map<Key, Long> terms = new HashMap<>();

  /** Likewise in this step. */
  private final Map<Key, Boolean> asked = new HashMap<>();

  private Map<Inode, Place> places = new IdentityHashMap<>();

  /** A store says that it does not have what is not known either. */
  void saidAbsent(Inode directory, String name) {
    asked.putIfAbsent(new Key(directory, name), true);
  }

  /** Whoever leads now has been told so at some time, if not just now. */
  void saidAbsent(Namespace namespace, String path) {
    Key key = key(namespace, path);
    if (key != null) {
      asked.putIfAbsent(key, true);
    }
  }

  /** Somebody may have asked a store for this path. */
  void maybeAsked(Namespace namespace, String path) {
    Key key = key(namespace, path);
    if (key != null) {
      asked.put(key, false);
    }
  }

  /**
   * Whether the leader of a term believes that a path is absent.
   *
   * @param term in which it is asked for
   */
  Belief belief(Namespace namespace, String path, long term) {
    Key key = key(namespace, path);
    Long told = key == null ? null : terms.get(key);
    if (told == null) {
      return Belief.NO;
    }
    if (told == UNKNOWN_TERM || term == UNKNOWN_TERM) {
      return Belief.MAYBE;
    }
    return told == term ? Belief.YES : Belief.NO;
  }

  /** The first name of a path that is missing; null if there is none, or a file is in the way. */
  private static Key key(Namespace namespace, String path) {
    Inode node = namespace.root;
    for (String component : Paths.components(path)) {
      if (!node.directory) {
        return null;
      }
      Inode next = node.children.get(component);
      if (next == null) {
        return new Key(node, component);
      }
      node = next;
    }
    return null;
  }

  /**
   * A step is over: what it has lost or moved is not believed any more.
   *
   * @param term in which all of it was done
   */
  void stepEnded(Namespace namespace, long term) {
    Map<Inode, Place> now = new IdentityHashMap<>();
    for (String mountPoint : namespace.stores.keySet()) {
      collect(namespace.root, Paths.name(mountPoint), namespace.find(mountPoint), now);
    }
    for (Key key : List.copyOf(terms.keySet())) {
      switch (stands(key, now)) {
        case NO -> terms.remove(key);
        case MAYBE -> terms.put(key, UNKNOWN_TERM);
        case YES -> {
          // As it was.
        }
      }
    }
    asked.forEach(
        (key, surely) -> {
          if (now.containsKey(key.directory())) {
            boolean certain = surely && stands(key, now) == Belief.YES;
            terms.put(key, certain ? term : UNKNOWN_TERM);
          }
        });
    asked.clear();
    places = now;
  }

  private static void collect(Inode above, String name, Inode directory, Map<Inode, Place> into) {
    into.put(directory, new Place(above, name, new TreeMap<>(directory.children)));
    directory.children.forEach(
        (child, node) -> {
          if (node.directory) {
            collect(directory, child, node, into);
          }
        });
  }

  /** Whether a belief outlives what has happened since the last step. */
  private Belief stands(Key key, Map<Inode, Place> now) {
    for (Inode at = key.directory(); now.containsKey(at); at = now.get(at).above()) {
      Place before = places.get(at);
      if (before != null && !before.isAt(now.get(at))) {
        return Belief.NO;
      }
    }
    Place place = now.get(key.directory());
    if (place == null) {
      return Belief.NO;
    }
    Place before = places.get(key.directory());
    Belief stands = Belief.YES;
    if (before != null) {
      for (Map.Entry<String, Inode> child : before.children().entrySet()) {
        Inode there = place.children().get(child.getKey());
        if (there == null) {
          return Belief.NO;
        }
        // In whose place another one came: it depends on how.
        stands = there == child.getValue() ? stands : Belief.MAYBE;
      }
    }
    return stands;
  }
}

package io.cadastre.server.model;

import io.cadastre.server.model.Change.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/** Everything that is drawn: numbers, paths, changes. From one seed. */
final class Dice {
  /** Few, so that operations meet; some sort around the slash, some are not ASCII. */
  private static final List<String> NAMES =
      List.of("a", "b", "c", "a-b", "a.b", "a0", "d", "e", "\u00e9", "\u6728", "x y", "z");

  private static final List<String> OWNERS = List.of("admin", "eve", "bob");
  private static final List<Integer> MODES = List.of(0755, 0700, 0644, 0600, 0777, 0750);
  private static final List<String> XATTRS = List.of("user.a", "user.b", "user.c");
  private static final int FULL = 40;

  private final SplittableRandom random;

  Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T from(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  int mode() {
    return from(MODES);
  }

  Condition condition() {
    return oneOf(
        Condition.NONE,
        Condition.NONE,
        Condition.NONE,
        Condition.NONE,
        Condition.NONE,
        Condition.RIGHT,
        Condition.RIGHT,
        Condition.WRONG);
  }

  private String base() {
    int at = below(100);
    return at < 50 ? "/" : at < 88 ? Scenario.WRITABLE : Scenario.READ_ONLY;
  }

  /** A directory that is known, at or below this one. */
  String existingDirectory(Namespace namespace, String base) {
    String path = base;
    Inode node = namespace.find(path);
    while (chance(60)) {
      List<String> directories = new ArrayList<>();
      for (Map.Entry<String, Inode> child : node.children.entrySet()) {
        String below = Paths.child(path, child.getKey());
        if (child.getValue().directory && !namespace.stores.containsKey(below)) {
          directories.add(child.getKey());
        }
      }
      if (directories.isEmpty()) {
        break;
      }
      String name = from(directories);
      path = Paths.child(path, name);
      node = node.children.get(name);
    }
    return path;
  }

  /** Something that is known, in a store or not; the base itself if there is nothing. */
  private String existing(Namespace namespace, String base) {
    String directory = existingDirectory(namespace, base);
    List<String> names = new ArrayList<>(namespace.find(directory).children.keySet());
    return names.isEmpty() ? directory : Paths.child(directory, from(names));
  }

  /** A name in a directory that is known, taken or not. */
  private String fresh(Namespace namespace, String base) {
    return Paths.child(existingDirectory(namespace, base), from(NAMES));
  }

  /** A name in a directory of a mount that is known, mostly not taken, or below such a name. */
  String freshOnMount(Namespace namespace) {
    String mount = chance(65) ? Scenario.WRITABLE : Scenario.READ_ONLY;
    String path = fresh(namespace, mount);
    for (int i = 0; i < 3 && namespace.find(path) != null; i++) {
      path = fresh(namespace, mount);
    }
    return chance(25) ? Paths.child(path, from(NAMES)) : path;
  }

  /** Mostly something that is there. */
  String somePath(Namespace namespace) {
    String base = base();
    if (chance(70)) {
      return existing(namespace, base);
    }
    String path = fresh(namespace, base);
    return chance(30) ? Paths.child(path, from(NAMES)) : path;
  }

  /** A directory of a mount loses an entry, or is moved itself; null if it does not lend itself. */
  Change loss(Namespace namespace, String directory) {
    Inode node = namespace.find(directory);
    if (node == null || !node.directory) {
      return null;
    }
    List<String> names = new ArrayList<>(node.children.keySet());
    names.remove(Scenario.KEPT);
    boolean itself = names.isEmpty() || chance(30);
    if (itself && namespace.stores.containsKey(directory)) {
      return null;
    }
    String lost = itself ? directory : Paths.child(directory, from(names));
    Change change =
        itself || chance(40)
            ? new Change.Move(lost, fresh(namespace, namespace.storeOf(lost).mountPoint), false)
            : new Change.Remove(lost, true, chance(50), Condition.NONE);
    return namespace.leftOut(change).isPresent() ? null : change;
  }

  /** A mutation. Never of an entry that is kept, and not more entries than can be looked at. */
  Change change(Namespace namespace) {
    while (true) {
      Change change = anyChange(namespace);
      boolean kept = change.paths().stream().anyMatch(p -> Paths.name(p).equals(Scenario.KEPT));
      boolean allowed = !kept || change instanceof Change.Attributes;
      if (allowed && namespace.leftOut(change).isEmpty()) {
        return change;
      }
    }
  }

  private Change anyChange(Namespace namespace) {
    String base = base();
    int kind = below(100);
    boolean full = namespace.find(base).count()[1] > FULL;
    if (kind < 22 && !full) {
      boolean parents = chance(35);
      String path = chance(85) ? fresh(namespace, base) : existing(namespace, base);
      return new Change.MakeDirectory(
          parents && chance(60) ? Paths.child(path, from(NAMES)) : path, parents, mode());
    }
    if (kind < 46) {
      boolean parents = chance(20) && !full;
      String path = chance(90) ? fresh(namespace, base) : existing(namespace, base);
      return new Change.MakeFile(
          parents && chance(60) ? Paths.child(path, from(NAMES)) : path,
          parents,
          base.equals("/") ? chance(50) : chance(3));
    }
    if (kind < 51) {
      String file = incompleteFile(namespace, base);
      String path = file != null && chance(85) ? file : existing(namespace, base);
      boolean mounted = namespace.storeOf(path) != null;
      return new Change.Complete(path, mounted ? -1 : between(0, 9_999), condition());
    }
    if (kind < 63) {
      String path = chance(90) ? existing(namespace, base) : fresh(namespace, base);
      return new Change.Remove(
          path, chance(full ? 90 : 30), namespace.storeOf(path) != null && chance(12), condition());
    }
    if (kind < 81) {
      String source = chance(93) ? existing(namespace, base) : fresh(namespace, base);
      String target = chance(93) ? base : base();
      String destination = chance(70) ? fresh(namespace, target) : existing(namespace, target);
      return new Change.Move(source, source.equals("/") ? "/a" : destination, chance(50));
    }
    return attributes(namespace, chance(95) ? existing(namespace, base) : fresh(namespace, base));
  }

  private Change attributes(Namespace namespace, String path) {
    if (path.equals("/")) {
      return attributes(namespace, "/a");
    }
    boolean mounted = namespace.storeOf(path) != null;
    boolean inStore = chance(mounted ? 50 : 60);
    boolean alsoXattr = !inStore || chance(40);
    int mode = inStore && chance(60) ? mode() : -1;
    String owner = inStore && chance(40) ? from(OWNERS) : null;
    long mtime = inStore && chance(40) ? 1_600_000_000_000L + below(1_000_000) : -1;
    long size = !mounted && chance(20) ? between(0, 9_999) : -1;
    // A change of nothing is no request.
    boolean xattr = alsoXattr || (mode < 0 && owner == null && mtime < 0 && size < 0);
    return new Change.Attributes(
        path,
        mode,
        owner,
        mtime,
        size,
        xattr ? from(XATTRS) : null,
        xattr && chance(75) ? "v" + below(100) : null,
        condition());
  }

  /** A change in a directory that several race for. */
  Change racingChange(String directory) {
    String x = Paths.child(directory, "x");
    String y = Paths.child(directory, "y");
    String one = chance(65) ? x : y;
    return switch (below(6)) {
      case 0 -> new Change.MakeDirectory(one, chance(30), mode());
      case 1 -> new Change.MakeFile(one, false, true);
      case 2 -> new Change.Remove(one, chance(50), false, Condition.NONE);
      case 3 -> new Change.Move(x, y, chance(50));
      case 4 -> new Change.Move(y, x, chance(50));
      default ->
          new Change.Attributes(one, mode(), null, -1, -1, from(XATTRS), "r", Condition.NONE);
    };
  }

  /** What another program does to a store. */
  OutsideChange outsideChange(Namespace namespace) {
    StoreModel store = namespace.stores.get(chance(50) ? Scenario.READ_ONLY : Scenario.WRITABLE);
    String entry = orElse(storeEntry(store, store.mountPoint, chance(30)), store.mountPoint);
    String place = orElse(storeEntry(store, store.mountPoint, true), store.mountPoint);
    String fresh = Paths.child(place, from(NAMES));
    int kind = below(100);
    if (kind < 45 && store.root.count()[0] < 3 * FULL) {
      return new OutsideChange.Write(chance(60) ? fresh : entry, between(0, 5_000));
    }
    if (kind < 60 && store.root.count()[1] < FULL) {
      return new OutsideChange.MakeDirectories(
          chance(40) ? Paths.child(fresh, from(NAMES)) : fresh);
    }
    if (kind < 80) {
      return new OutsideChange.Erase(entry);
    }
    return kind < 92
        ? new OutsideChange.Relocate(entry, fresh)
        : new OutsideChange.Chmod(entry, mode());
  }

  private static String orElse(String path, String other) {
    return path == null ? other : path;
  }

  /** A directory of a store at or below a path, or a file below it; null if there is none. */
  String storeEntry(StoreModel store, String path, boolean directory) {
    Inode top = store.find(path);
    if (top == null || !top.directory) {
      return null;
    }
    List<String> found = new ArrayList<>();
    if (directory) {
      found.add(path);
    }
    collect(top, path, directory, found);
    return found.isEmpty() ? null : from(found);
  }

  private static void collect(Inode node, String path, boolean directory, List<String> found) {
    for (Map.Entry<String, Inode> child : node.children.entrySet()) {
      String below = Paths.child(path, child.getKey());
      if (child.getValue().directory == directory && !child.getKey().equals(Scenario.KEPT)) {
        found.add(below);
      }
      if (child.getValue().directory) {
        collect(child.getValue(), below, directory, found);
      }
    }
  }

  /** A file that is known here and not complete; null if there is none. */
  String incompleteFile(Namespace namespace, String base) {
    return known(namespace, base, (path, node) -> node.incomplete);
  }

  /** An entry of a store that is known as it is there; null if there is none. */
  String sameInStore(StoreModel store, Namespace namespace, boolean directory) {
    return known(
        namespace,
        store.mountPoint,
        (path, node) -> {
          Inode there = store.find(path);
          return node.directory == directory
              && there != null
              && there.stamp == node.stamp
              && !Paths.name(path).equals(Scenario.KEPT);
        });
  }

  private String known(Namespace namespace, String base, BiPredicate<String, Inode> wanted) {
    List<String> found = new ArrayList<>();
    collectKnown(namespace, namespace.find(base), base, wanted, found);
    return found.isEmpty() ? null : from(found);
  }

  private static void collectKnown(
      Namespace namespace,
      Inode node,
      String path,
      BiPredicate<String, Inode> wanted,
      List<String> found) {
    for (Map.Entry<String, Inode> child : node.children.entrySet()) {
      String below = Paths.child(path, child.getKey());
      if (wanted.test(below, child.getValue())) {
        found.add(below);
      }
      if (child.getValue().directory && !namespace.stores.containsKey(below)) {
        collectKnown(namespace, child.getValue(), below, wanted, found);
      }
    }
  }
}

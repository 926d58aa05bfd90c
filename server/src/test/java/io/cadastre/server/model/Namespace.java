package io.cadastre.server.model;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.model.Change.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The namespace as it must be: a plain tree in memory, changed by one operation after the other,
 * with the stores that are mounted in it. Says what each operation must be answered. Knows nothing
 * of logs, locks, caches or masters. Used by one thread.
 */
final class Namespace {
  static final String USER = "admin";
  static final String GROUP = "admins";
  static final int DIRECTORY_MODE = 0755;
  static final int FILE_MODE = 0644;

  final Inode root;
  final Map<String, StoreModel> stores = new TreeMap<>();

  /** What is believed absent here; a copy of a namespace begins without. */
  final AbsentPaths absent = new AbsentPaths();

  Namespace() {
    this(new Inode(true, USER, GROUP, DIRECTORY_MODE));
    root.id = 1;
  }

  private Namespace(Inode root) {
    this.root = root;
  }

  /** A namespace without stores that starts as this one is now. */
  Namespace copyWithoutStores() {
    return new Namespace(root.copy());
  }

  /** A namespace with stores of its own that start as these are now. */
  Namespace copy() {
    Namespace copy = copyWithoutStores();
    stores.forEach((mountPoint, store) -> copy.stores.put(mountPoint, store.copy()));
    return copy;
  }

  /** Mounts an empty store at a directory that is made for it. */
  void mount(StoreModel store) {
    Inode directory = new Inode(true, USER, GROUP, DIRECTORY_MODE);
    directory.stamp = store.root.stamp;
    root.children.put(Paths.name(store.mountPoint), directory);
    stores.put(store.mountPoint, store);
  }

  /** The store in which a path lies; null if it is in none. */
  StoreModel storeOf(String path) {
    for (StoreModel store : stores.values()) {
      if (Paths.isUnder(path, store.mountPoint)) {
        return store;
      }
    }
    return null;
  }

  /** What is at a path; null if nothing is. */
  Inode find(String path) {
    Inode node = root;
    for (String component : Paths.components(path)) {
      node = node == null || !node.directory ? null : node.children.get(component);
    }
    return node;
  }

  /** A path walked down. */
  private static final class Place {
    /** Directories above, from the root; fewer than the depth if one is missing. */
    final List<Inode> above = new ArrayList<>();

    final String path;
    final int depth;
    Inode node;

    Place(String path, int depth) {
      this.path = path;
      this.depth = depth;
    }

    boolean parentExists() {
      return above.size() == depth;
    }

    Inode deepest() {
      return above.get(above.size() - 1);
    }

    Inode parent() {
      if (!parentExists()) {
        throw new Refused(ErrorCode.NOT_FOUND);
      }
      return deepest();
    }

    Inode existing() {
      if (node == null) {
        throw new Refused(ErrorCode.NOT_FOUND);
      }
      return node;
    }

    String name() {
      return Paths.name(path);
    }
  }

  /** Leaves a change that is refused. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient Verdict verdict;

    Refused(ErrorCode code) {
      this(Verdict.refused(code));
    }

    Refused(Verdict verdict) {
      super(null, null, false, false);
      this.verdict = verdict;
    }
  }

  private Place resolve(String path) {
    List<String> components = Paths.components(path);
    Place place = new Place(path, components.size());
    Inode node = root;
    for (int i = 0; i < components.size(); i++) {
      if (!node.directory) {
        throw new Refused(ErrorCode.NOT_A_DIRECTORY);
      }
      place.above.add(node);
      node = node.children.get(components.get(i));
      if (node == null) {
        return place;
      }
    }
    place.node = node;
    return place;
  }

  /** Why a read of this path is refused; null if it is not. */
  ErrorCode refusalOfRead(String path, boolean asDirectory) {
    try {
      Inode node = resolve(path).existing();
      return asDirectory && !node.directory ? ErrorCode.NOT_A_DIRECTORY : null;
    } catch (Refused e) {
      return e.verdict.refusal();
    }
  }

  /** The highest path that a change locks for itself: at or above its own. */
  String footprint(Change change, String path) {
    boolean parents =
        (change instanceof Change.MakeDirectory make && make.parents())
            || (change instanceof Change.MakeFile file && file.parents());
    String at = path;
    while (parents && !at.equals("/") && find(Paths.parent(at)) == null) {
      at = Paths.parent(at);
    }
    return at;
  }

  /** Does a change, or says why not. */
  Verdict apply(Change change) {
    try {
      if (change instanceof Change.MakeDirectory make) {
        return makeDirectory(make);
      }
      if (change instanceof Change.MakeFile make) {
        return makeFile(make);
      }
      if (change instanceof Change.Complete complete) {
        return complete(complete);
      }
      if (change instanceof Change.Remove remove) {
        return remove(remove);
      }
      if (change instanceof Change.Move move) {
        return move(move);
      }
      return attributes((Change.Attributes) change);
    } catch (Refused e) {
      return e.verdict;
    }
  }

  private StoreModel writable(String path) {
    StoreModel store = storeOf(path);
    if (store != null && !store.writable) {
      throw new Refused(ErrorCode.READ_ONLY);
    }
    return store;
  }

  private void holdsNoMount(String path) {
    for (String mount : stores.keySet()) {
      if (Paths.isUnder(mount, path)) {
        throw new Refused(ErrorCode.MOUNT_INSIDE);
      }
    }
  }

  private Verdict makeDirectory(Change.MakeDirectory change) {
    Place place = resolve(change.path());
    if (place.node != null) {
      if (change.parents() && place.node.directory) {
        return Verdict.nothingToDo(place.node);
      }
      throw new Refused(ErrorCode.ALREADY_EXISTS);
    }
    StoreModel store = writable(change.path());
    Inode made = new Inode(true, USER, place.deepest().group, change.mode());
    return make(place, store, change.parents(), made);
  }

  private Verdict makeFile(Change.MakeFile change) {
    Place place = resolve(change.path());
    if (place.node != null) {
      throw new Refused(ErrorCode.ALREADY_EXISTS);
    }
    StoreModel store = writable(change.path());
    if (store != null && change.complete()) {
      throw new Refused(ErrorCode.INVALID_ARGUMENT);
    }
    Inode made = new Inode(false, USER, place.deepest().group, FILE_MODE);
    made.incomplete = !change.complete();
    return make(place, store, change.parents(), made);
  }

  private Verdict make(Place place, StoreModel store, boolean parents, Inode made) {
    if (!place.parentExists() && !parents) {
      throw new Refused(ErrorCode.NOT_FOUND);
    }
    List<String> paths = new ArrayList<>();
    List<Inode> nodes = new ArrayList<>();
    paths.add(place.path);
    nodes.add(made);
    String at = Paths.parent(place.path);
    for (int depth = place.above.size(); depth < place.depth; depth++) {
      paths.add(0, at);
      nodes.add(0, new Inode(true, USER, place.deepest().group, DIRECTORY_MODE));
      at = Paths.parent(at);
    }
    if (store != null) {
      makeInStore(store, paths, nodes);
    }
    List<Inode> touched = new ArrayList<>(nodes);
    Inode parent = place.deepest();
    touched.add(parent);
    for (int i = 0; i < nodes.size(); i++) {
      parent.children.put(Paths.name(paths.get(i)), nodes.get(i));
      parent = nodes.get(i);
    }
    return Verdict.done(made, touched);
  }

  /** Directories are made in the store; of a file only what is in the way is looked at. */
  private static void makeInStore(StoreModel store, List<String> paths, List<Inode> nodes) {
    boolean onlyFile = !nodes.get(0).directory;
    if (store.find(paths.get(0)) != null
        || (!onlyFile && !store.isDirectory(Paths.parent(paths.get(0))))) {
      throw new Refused(Verdict.disagrees());
    }
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).directory) {
        nodes.get(i).asIn(store.makeDirectory(paths.get(i), nodes.get(i)));
      }
    }
  }

  private static void check(Condition condition) {
    if (condition == Condition.WRONG) {
      throw new Refused(ErrorCode.INODE_CHANGED);
    }
  }

  private Verdict complete(Change.Complete change) {
    Inode file = resolve(change.path()).existing();
    if (file.directory) {
      throw new Refused(ErrorCode.NOT_A_FILE);
    }
    check(change.onInode());
    if (!file.incomplete) {
      throw new Refused(ErrorCode.FILE_STATE);
    }
    StoreModel store = writable(change.path());
    if (store == null) {
      file.incomplete = false;
      file.size = Math.max(0, change.size());
      file.mtimeMillis = -1;
    } else {
      if (change.size() >= 0) {
        throw new Refused(ErrorCode.INVALID_ARGUMENT);
      }
      Inode there = store.find(change.path());
      if (there == null || there.directory) {
        throw new Refused(there == null ? ErrorCode.FILE_STATE : ErrorCode.NOT_A_FILE);
      }
      file.incomplete = false;
      file.asIn(there);
    }
    return Verdict.done(file, List.of(file));
  }

  private Verdict remove(Change.Remove change) {
    if (change.path().equals("/")) {
      throw new Refused(ErrorCode.INVALID_ARGUMENT);
    }
    Place place = resolve(change.path());
    Inode node = place.existing();
    check(change.onInode());
    holdsNoMount(change.path());
    if (node.directory && !node.children.isEmpty() && !change.recursive()) {
      throw new Refused(ErrorCode.NOT_EMPTY);
    }
    StoreModel store = change.cadastreOnly() ? null : writable(change.path());
    if (store != null) {
      removeInStore(store, change, node);
    }
    place.parent().children.remove(place.name());
    return Verdict.done(node, List.of(place.parent()));
  }

  private static void removeInStore(StoreModel store, Change.Remove change, Inode node) {
    Inode there = store.find(change.path());
    if (there == null) {
      if (fileAbove(store, change.path())) {
        throw new Refused(Verdict.disagrees());
      }
      return;
    }
    boolean refused =
        change.recursive() && node.directory
            ? !there.directory || differs(node, there)
            : (node.stamp != 0 && node.stamp != there.stamp)
                || (there.directory && !there.children.isEmpty());
    if (refused) {
      throw new Refused(Verdict.disagrees());
    }
    store.unlink(change.path());
  }

  /** Whether the way to a path leads through a file: a store says that, instead of "nothing". */
  static boolean fileAbove(StoreModel store, String path) {
    String at = path;
    while (!at.equals(store.mountPoint)) {
      at = Paths.parent(at);
      Inode above = store.find(at);
      if (above != null) {
        return !above.directory;
      }
    }
    return false;
  }

  /** Whether a store's subtree has anything that is not known, or known otherwise. */
  private static boolean differs(Inode known, Inode stored) {
    for (Map.Entry<String, Inode> entry : stored.children.entrySet()) {
      Inode child = known.children.get(entry.getKey());
      if (child == null
          || child.directory != entry.getValue().directory
          || (!child.incomplete && child.stamp != 0 && child.stamp != entry.getValue().stamp)
          || (child.directory && differs(child, entry.getValue()))) {
        return true;
      }
    }
    return false;
  }

  private Verdict move(Change.Move change) {
    String source = change.path();
    String destination = change.destination();
    if (Paths.isUnder(destination, source) && !source.equals(destination)) {
      throw new Refused(ErrorCode.INVALID_ARGUMENT);
    }
    Place from = resolve(source);
    Inode node = from.existing();
    if (source.equals(destination)) {
      return Verdict.nothingToDo(node);
    }
    Place to = resolve(destination);
    holdsNoMount(source);
    holdsNoMount(destination);
    Inode toParent = to.parent();
    StoreModel store = writable(source);
    if (store != writable(destination)) {
      throw new Refused(ErrorCode.CROSS_MOUNT);
    }
    if (to.node != null) {
      checkReplaceable(change, node, to.node);
    }
    if (store != null) {
      moveInStore(store, source, destination, node, to.node);
    }
    from.parent().children.remove(from.name());
    toParent.children.put(to.name(), node);
    return Verdict.done(node, List.of(node, from.parent(), toParent));
  }

  /** Why a change is left out, if it is: what it comes to depends on more than its order. */
  Optional<String> leftOut(Change change) {
    StoreModel store = storeOf(change.path());
    boolean replaces =
        change instanceof Change.Move move
            && store != null
            && store == storeOf(move.destination())
            && store.find(move.destination()) != null;
    if (!replaces) {
      return Optional.empty();
    }
    // The way to a file whose bytes never came leads through another file by now.
    if (fileAbove(store, change.path())) {
      return Optional.of("the store would do a half of it");
    }
    Inode moved = find(change.path());
    Inode replaced = find(((Change.Move) change).destination());
    boolean bytesAreEithers =
        moved != null
            && moved.incomplete
            && store.find(change.path()) == null
            && replaced != null
            && replaced.incomplete;
    return bytesAreEithers
        ? Optional.of("a later leader cannot tell whose bytes are at the destination")
        : Optional.empty();
  }

  private static void checkReplaceable(Change.Move change, Inode node, Inode old) {
    if (!change.overwrite()) {
      throw new Refused(ErrorCode.ALREADY_EXISTS);
    }
    if (node.directory != old.directory) {
      throw new Refused(node.directory ? ErrorCode.NOT_A_DIRECTORY : ErrorCode.NOT_A_FILE);
    }
    if (old.directory && !old.children.isEmpty()) {
      throw new Refused(ErrorCode.NOT_EMPTY);
    }
  }

  private static void moveInStore(
      StoreModel store, String source, String destination, Inode node, Inode replaced) {
    Inode there = store.find(source);
    Inode atDestination = store.find(destination);
    boolean changed =
        there != null
            && ((node.stamp != 0 && node.stamp != there.stamp)
                || (replaced != null && node.directory != there.directory));
    boolean lost = there == null && !node.incomplete;
    // Where nothing has to be moved in the store, nobody looks how it would get there.
    boolean noWay =
        fileAbove(store, source)
            || (replaced != null && fileAbove(store, destination))
            || (there != null && !store.isDirectory(Paths.parent(destination)));
    boolean inTheWay =
        atDestination != null
            && (replaced == null
                || (replaced.stamp != 0 && replaced.stamp != atDestination.stamp)
                || (atDestination.directory && !atDestination.children.isEmpty()));
    if (changed || lost || noWay || inTheWay) {
      throw new Refused(Verdict.disagrees());
    }
    if (atDestination != null) {
      store.unlink(destination);
    }
    if (there != null) {
      store.move(source, destination);
      node.asIn(there);
    }
  }

  private Verdict attributes(Change.Attributes change) {
    Inode node = resolve(change.path()).existing();
    check(change.ifUnchanged());
    StoreModel store = storeOf(change.path());
    if (change.size() >= 0 && (store != null || node.directory)) {
      throw new Refused(ErrorCode.INVALID_ARGUMENT);
    }
    Inode inStore = null;
    if (store != null && change.touchesStore()) {
      writable(change.path());
      inStore = store.find(change.path());
      if (inStore == null && (!node.incomplete || fileAbove(store, change.path()))) {
        throw new Refused(Verdict.disagrees());
      }
      if (inStore != null && inStore.directory != node.directory) {
        throw new Refused(Verdict.disagrees());
      }
    }
    set(node, change);
    if (inStore != null) {
      node.asIn(store.setAttributes(change.path(), change));
    }
    return Verdict.done(node, List.of(node));
  }

  private static void set(Inode node, Change.Attributes change) {
    if (change.mode() >= 0) {
      node.mode = change.mode();
    }
    if (change.owner() != null) {
      node.owner = change.owner();
    }
    if (change.mtimeMillis() >= 0) {
      node.mtimeMillis = node.directory ? -1 : change.mtimeMillis();
    }
    if (change.size() >= 0) {
      node.size = change.size();
    }
    if (change.xattr() != null && change.xattrValue() != null) {
      node.xattrs.put(change.xattr(), change.xattrValue());
    } else if (change.xattr() != null) {
      node.xattrs.remove(change.xattr());
    }
  }
}

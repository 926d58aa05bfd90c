package io.cadastre.ufs.testing;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The tree behind `memory://name/`, as another program would see it: a test changes it here behind
 * the cluster's back, without requests or faults. Any number of {@link MemoryUnderFileSystem} of
 * this process share it by name. Thread-safe; each method is one step.
 *
 * <p>Paths are from the top, `a/b`, and empty for the top.
 */
public final class MemoryStore {
  private static final Map<String, MemoryStore> BY_NAME = new ConcurrentHashMap<>();

  private final String name;
  private final FaultPlan faults = new FaultPlan();
  private final Map<StoreOperation, LongAdder> requests = new EnumMap<>(StoreOperation.class);
  private final Node top;
  // Guarded by this.
  private LongSupplier clockMillis = System::currentTimeMillis;
  private long lastInode;
  private String identity;
  private boolean gone;
  private boolean flat;
  private boolean ownership = true;
  private boolean directories = true;
  private int pageEntries;

  private MemoryStore(String name) {
    this.name = name;
    this.identity = "memory:" + name;
    this.top = newNode(UfsStatus.Kind.DIRECTORY);
    for (StoreOperation operation : StoreOperation.values()) {
      requests.put(operation, new LongAdder());
    }
  }

  /** The store of this name; made empty if there is none. */
  public static MemoryStore named(String name) {
    return BY_NAME.computeIfAbsent(name, MemoryStore::new);
  }

  /** Forgets the store of this name; the next to ask for it gets an empty one. */
  public static void forget(String name) {
    BY_NAME.remove(name);
  }

  public String uri() {
    return "memory://" + name + "/";
  }

  /** What goes wrong in requests to it. */
  public FaultPlan faults() {
    return faults;
  }

  /** Requests of a kind since the store was made, failed ones included. */
  public long requests(StoreOperation operation) {
    return requests.get(operation).sum();
  }

  void count(StoreOperation operation) {
    requests.get(operation).increment();
  }

  /** Sets the clock from which new and changed entries get their times. UTC milliseconds. */
  public synchronized MemoryStore clock(LongSupplier millis) {
    clockMillis = millis;
    return this;
  }

  /** Lets the root be another one, as when another disk is mounted in its place. */
  public synchronized void setIdentity(String newIdentity) {
    identity = newIdentity;
  }

  /** Lets the root vanish, or come back with all that was in it. */
  public synchronized void setGone(boolean isGone) {
    gone = isGone;
  }

  /** Lets the store offer flat listings, or no more; it does not at first. */
  public synchronized MemoryStore setFlat(boolean isFlat) {
    flat = isFlat;
    return this;
  }

  /** Lets the store be one that holds no owner, group, mode and set times, as an object store. */
  public synchronized MemoryStore setOwnership(boolean holdsOwnership) {
    ownership = holdsOwnership;
    return this;
  }

  /**
   * Lets directories be no more than names, as in an object store: they say nothing of themselves,
   * and those that are not empty have no key of their own in a flat listing.
   */
  public synchronized MemoryStore setDirectories(boolean hasDirectories) {
    directories = hasDirectories;
    return this;
  }

  /**
   * Lets pages have so many entries at most, whatever those who open the store say; 0: as they say.
   */
  public synchronized MemoryStore setPageEntries(int entries) {
    pageEntries = entries;
    return this;
  }

  synchronized int pageEntries(int said) {
    return pageEntries == 0 ? said : pageEntries;
  }

  synchronized boolean directories() {
    return directories;
  }

  synchronized boolean ownership() {
    return ownership;
  }

  synchronized boolean flat() {
    return flat;
  }

  // Changes behind the cluster's back.

  /** Makes a directory and those above it that are missing. */
  public synchronized void mkdirs(String path) {
    directory(path);
  }

  /** Makes a file of this size, or changes the one that is there; its directory is made too. */
  public synchronized void write(String path, long size) {
    Node parent = directory(UfsPath.parent(path));
    Node node = parent.children.get(UfsPath.name(path));
    if (node == null || node.kind != UfsStatus.Kind.FILE) {
      node = newNode(UfsStatus.Kind.FILE);
      parent.children.put(UfsPath.name(path), node);
      parent.mtimeMillis = clockMillis.getAsLong();
    }
    node.size = size;
    touch(node);
  }

  /** Makes a symbolic link; replaces what is there. */
  public synchronized void symlink(String path, String target) {
    Node node = newNode(UfsStatus.Kind.SYMLINK);
    node.linkTarget = target;
    directory(UfsPath.parent(path)).children.put(UfsPath.name(path), node);
  }

  /** Lets an entry be unreadable for this reason, or readable again if null. */
  public synchronized void setUnreadable(String path, String reason) {
    require(path).unreadable = reason;
  }

  /** Changes attributes; null leaves one as it is. */
  public synchronized void attributes(String path, String owner, String group, Integer mode) {
    Node node = require(path);
    node.owner = owner == null ? node.owner : owner;
    node.group = group == null ? node.group : group;
    node.mode = mode == null ? node.mode : mode;
    node.change++;
  }

  /** Removes an entry with all that is below it; of the top, all that is in it. */
  public synchronized void remove(String path) {
    if (path.isEmpty()) {
      top.children.clear();
      return;
    }
    Node parent = require(UfsPath.parent(path));
    if (parent.children.remove(UfsPath.name(path)) == null) {
      throw new IllegalStateException("nothing at " + path);
    }
    parent.mtimeMillis = clockMillis.getAsLong();
  }

  /** Moves an entry; replaces what is there. */
  public synchronized void move(String source, String destination) {
    Node node = require(source);
    Node target = directory(UfsPath.parent(destination));
    require(UfsPath.parent(source)).children.remove(UfsPath.name(source));
    target.children.put(UfsPath.name(destination), node);
  }

  public synchronized boolean exists(String path) {
    return find(path) != null;
  }

  /** What is at a path; null if nothing is. */
  public synchronized UfsStatus peek(String path) {
    Node node = find(path);
    return node == null ? null : status(node, UfsPath.name(path));
  }

  // For MemoryUnderFileSystem.

  /** Runs as one step, if the root is there. */
  synchronized <T> T atomically(Supplier<T> step) {
    if (gone) {
      throw new UfsException(Kind.UNKNOWN, "The root " + uri() + " is gone; is it mounted?");
    }
    return step.get();
  }

  synchronized String identity() {
    return identity;
  }

  Node newNode(UfsStatus.Kind kind) {
    return new Node(kind, ++lastInode, clockMillis.getAsLong());
  }

  void touch(Node node) {
    node.mtimeMillis = clockMillis.getAsLong();
    node.change++;
  }

  /** Null if nothing is there, or a way to it is not a directory. */
  Node find(String path) {
    Node node = top;
    if (path.isEmpty()) {
      return node;
    }
    for (String component : path.split("/", -1)) {
      node = node == null || !node.isDirectory() ? null : node.children.get(component);
    }
    return node;
  }

  /** What the store says of an entry. */
  UfsStatus status(Node node, String name) {
    return node.isDirectory() && !directories
        ? UfsStatus.impliedDirectory(name)
        : node.status(name);
  }

  private Node require(String path) {
    Node node = find(path);
    if (node == null) {
      throw new IllegalStateException("nothing at " + path);
    }
    return node;
  }

  private Node directory(String path) {
    Node node = top;
    if (path.isEmpty()) {
      return node;
    }
    for (String component : path.split("/", -1)) {
      node = node.children.computeIfAbsent(component, any -> newNode(UfsStatus.Kind.DIRECTORY));
      if (!node.isDirectory()) {
        throw new IllegalStateException(component + " of " + path + " is not a directory");
      }
    }
    return node;
  }
}

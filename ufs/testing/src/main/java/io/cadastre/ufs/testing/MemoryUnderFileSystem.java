package io.cadastre.ufs.testing;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A directory of a {@link MemoryStore} as a store. Each request counts, meets the store's {@link
 * FaultPlan}, and then happens in one step; a listing reads each page when it is asked for.
 */
public final class MemoryUnderFileSystem implements UnderFileSystem {
  private final MemoryStore store;
  private final UfsLocation location;
  private final String prefix;
  private final int pageEntries;
  private volatile boolean closed;

  MemoryUnderFileSystem(MemoryStore store, UfsLocation location, int pageEntries) {
    this.store = store;
    this.location = location;
    this.prefix = location.path().substring(1);
    this.pageEntries = pageEntries;
  }

  public MemoryStore store() {
    return store;
  }

  @Override
  public String type() {
    return MemoryUnderFileSystemFactory.SCHEME;
  }

  @Override
  public String uriOf(String path) {
    return location.resolve(UfsPath.check(path)).uri();
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return request(
        StoreOperation.IDENTITY, "", deadline, () -> store.identity() + ":" + root().inode);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    UfsPath.check(path);
    try {
      return request(StoreOperation.STATUS, path, deadline, () -> lookUp(path));
    } catch (UfsException e) {
      return answer(e);
    }
  }

  /** That nothing is there is an answer, which can be held up or lost like any other. */
  private StoreLookup lookUp(String path) {
    try {
      return StoreLookup.present(store.status(readable(path), UfsPath.name(path)));
    } catch (UfsException e) {
      return answer(e);
    }
  }

  private static StoreLookup answer(UfsException e) {
    boolean absent = e.kind() == Kind.ABSENT || e.kind() == Kind.NOT_A_DIRECTORY;
    return absent ? StoreLookup.ABSENT : StoreLookup.unknown(e);
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsPath.check(path);
    Node directory =
        request(
            StoreOperation.LIST,
            path,
            deadline,
            () -> {
              Node node = find(path);
              if (node.kind == UfsStatus.Kind.SYMLINK) {
                throw throughLink(path);
              }
              if (!node.isDirectory()) {
                throw failure(Kind.NOT_A_DIRECTORY, "Not a directory: ", path);
              }
              checkReadable(node, path);
              return node;
            });
    return new MemoryListing(this, path, directory, startAfter == null ? "" : startAfter);
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsPath.check(path);
    request(StoreOperation.LIST_FLAT, path, deadline, this::requireFlat);
    return new MemoryFlatListing(this, path, startAfter == null ? "" : startAfter, endAt);
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    UfsPath.check(path);
    return request(
        StoreOperation.LIST_FLAT,
        path,
        deadline,
        () -> {
          requireFlat();
          List<String> keys = new ArrayList<>(MemoryFlatListing.keys(this, path).keySet());
          TreeSet<Integer> cuts = new TreeSet<>();
          for (int i = 1; i < ranges && keys.size() > pageEntries(); i++) {
            cuts.add((int) ((long) keys.size() * i / ranges) - 1);
          }
          cuts.remove(-1);
          return cuts.stream().map(keys::get).toList();
        });
  }

  private boolean requireFlat() {
    if (!store.flat()) {
      throw failure(Kind.UNSUPPORTED, "Flat listing is switched off: ", "");
    }
    return true;
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return create(
        StoreOperation.CREATE_DIRECTORY, UfsStatus.Kind.DIRECTORY, path, attributes, deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return create(StoreOperation.CREATE_FILE, UfsStatus.Kind.FILE, path, attributes, deadline);
  }

  private UfsStatus create(
      StoreOperation operation,
      UfsStatus.Kind kind,
      String path,
      UfsAttributes attributes,
      StoreDeadline deadline) {
    refuseRoot(path);
    return request(
        operation,
        path,
        deadline,
        () -> {
          Node parent = parentOf(path);
          if (parent.children.containsKey(UfsPath.name(path))) {
            throw failure(Kind.EXISTS, "Already exists: ", path);
          }
          Node node = store.newNode(kind);
          apply(node, attributes);
          parent.children.put(UfsPath.name(path), node);
          store.touch(parent);
          return store.status(node, UfsPath.name(path));
        });
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    refuseRoot(path);
    request(
        StoreOperation.DELETE,
        path,
        deadline,
        () -> {
          Node node = find(path);
          checkExpected(path, node, expectedFingerprint);
          if (node.isDirectory() && !node.children.isEmpty()) {
            throw failure(Kind.NOT_EMPTY, "The directory is not empty: ", path);
          }
          return unlink(path);
        });
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    refuseRoot(path);
    request(
        StoreOperation.DELETE_RECURSIVE,
        path,
        deadline,
        () -> {
          find(path);
          return unlink(path);
        });
  }

  private Node unlink(String path) {
    Node parent = parentOf(path);
    store.touch(parent);
    return parent.children.remove(UfsPath.name(path));
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    refuseRoot(source);
    refuseRoot(destination);
    return request(
        StoreOperation.RENAME,
        source,
        deadline,
        () -> {
          if (UfsPath.isPrefix(source, destination) && !source.equals(destination)) {
            throw failure(Kind.REFUSED, "Cannot move below itself: ", source);
          }
          Node node = find(source);
          checkExpected(source, node, expectedFingerprint);
          Node parent = parentOf(destination);
          if (parent.children.containsKey(UfsPath.name(destination))) {
            throw failure(Kind.EXISTS, "Already exists: ", destination);
          }
          unlink(source);
          parent.children.put(UfsPath.name(destination), node);
          store.touch(parent);
          return store.status(node, UfsPath.name(destination));
        });
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    UfsPath.check(path);
    return request(
        StoreOperation.SET_ATTRIBUTES,
        path,
        deadline,
        () -> {
          Node node = find(path);
          if (node.kind == UfsStatus.Kind.SYMLINK) {
            throw failure(Kind.UNSUPPORTED, "Cannot set attributes of a link: ", path);
          }
          node.change++;
          apply(node, attributes);
          return store.status(node, UfsPath.name(path));
        });
  }

  private static void apply(Node node, UfsAttributes attributes) {
    attributes.owner().ifPresent(owner -> node.owner = owner);
    attributes.group().ifPresent(group -> node.group = group);
    attributes.mode().ifPresent(mode -> node.mode = mode);
    attributes.mtimeMillis().ifPresent(millis -> node.mtimeMillis = millis);
  }

  @Override
  public boolean supportsSymbolicLinks() {
    return true;
  }

  @Override
  public boolean supportsOrderedListing() {
    return true;
  }

  @Override
  public boolean supportsConditionalMutations() {
    return true;
  }

  @Override
  public boolean supportsDirectories() {
    return store.directories();
  }

  @Override
  public boolean supportsOwnership() {
    return store.ownership();
  }

  @Override
  public boolean supportsModificationTimes() {
    return store.ownership();
  }

  @Override
  public boolean supportsFlatListing() {
    return store.flat();
  }

  @Override
  public void close() {
    closed = true;
  }

  int pageEntries() {
    return store.pageEntries(pageEntries);
  }

  /** One request: counted, struck by faults, done in one step. */
  private <T> T request(
      StoreOperation operation, String path, StoreDeadline deadline, Supplier<T> step) {
    return request(operation, path, 0, deadline, step);
  }

  <T> T request(
      StoreOperation operation, String path, int page, StoreDeadline deadline, Supplier<T> step) {
    deadline.check();
    if (closed) {
      throw failure(Kind.UNAVAILABLE, "The store is closed: ", "");
    }
    store.count(operation);
    String full = storePath(path);
    store.faults().before(operation, full, page, deadline);
    T answer = store.atomically(step);
    store.faults().after(operation, full, deadline);
    return answer;
  }

  private String storePath(String path) {
    return prefix.isEmpty() || path.isEmpty() ? prefix + path : prefix + "/" + path;
  }

  private Node root() {
    Node root = store.find(prefix);
    if (root == null || !root.isDirectory()) {
      throw failure(Kind.UNKNOWN, "The root is gone or not a directory: ", "");
    }
    return root;
  }

  /** What is at a path; checks the way to it. */
  Node find(String path) {
    Node node = root();
    for (int start = 0; start < path.length(); ) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      node = node.children.get(path.substring(start, end));
      String here = path.substring(0, end);
      if (node == null) {
        throw failure(Kind.ABSENT, "No such file or directory: ", here);
      }
      if (slash >= 0) {
        if (node.kind == UfsStatus.Kind.SYMLINK) {
          throw throughLink(here);
        }
        if (!node.isDirectory()) {
          throw failure(Kind.NOT_A_DIRECTORY, "Not a directory: ", here);
        }
        checkReadable(node, here);
      }
      start = end + 1;
    }
    return node;
  }

  /** A directory that may not be read has a status all the same; only what is in it is hidden. */
  private Node readable(String path) {
    Node node = find(path);
    if (!node.isDirectory()) {
      checkReadable(node, path);
    }
    return node;
  }

  private void checkReadable(Node node, String path) {
    if (node.unreadable != null) {
      throw failure(Kind.DENIED, "Not readable (" + node.unreadable + "): ", path);
    }
  }

  private Node parentOf(String path) {
    Node parent = find(UfsPath.parent(path));
    if (parent.kind == UfsStatus.Kind.SYMLINK) {
      throw throughLink(UfsPath.parent(path));
    }
    if (!parent.isDirectory()) {
      throw failure(Kind.NOT_A_DIRECTORY, "Not a directory: ", UfsPath.parent(path));
    }
    return parent;
  }

  private void checkExpected(String path, Node node, String expectedFingerprint) {
    if (expectedFingerprint != null && !expectedFingerprint.equals(node.fingerprint())) {
      throw failure(Kind.PRECONDITION, "Has changed in the store: ", path);
    }
  }

  private void refuseRoot(String path) {
    if (UfsPath.check(path).isEmpty()) {
      throw failure(Kind.REFUSED, "Cannot change the root of a store: ", path);
    }
  }

  private UfsException throughLink(String path) {
    return failure(Kind.UNSUPPORTED, "A symbolic link, not followed: ", path);
  }

  UfsException failure(Kind kind, String text, String path) {
    return new UfsException(kind, text + uriOf(path));
  }
}

package io.cadastre.core.mount;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All mounts at one moment. Immutable, so it may be read by any thread; a change makes a new table,
 * in time proportional to the number of mounts. Looking a path up takes one step per component and
 * copies nothing of it.
 */
public final class MountTable {
  private static final MountTable EMPTY = new MountTable(List.of());

  /** One component of the paths of mounts; a node without a mount has one further down. */
  private static final class Node {
    private final Map<String, Node> children = new HashMap<>();
    private MountPoint mount;
  }

  // By path, ancestors first.
  private final List<MountPoint> mounts;
  // Written by the constructor only.
  private final Node root = new Node();

  private MountTable(Collection<MountPoint> mounts) {
    this.mounts = mounts.stream().sorted(Comparator.comparing(MountPoint::path)).toList();
    for (MountPoint mount : this.mounts) {
      Node node = root;
      for (int i = 0; i < mount.path().depth(); i++) {
        node = node.children.computeIfAbsent(mount.path().component(i), name -> new Node());
      }
      if (node.mount != null) {
        throw new IllegalArgumentException("two mounts at " + mount.path());
      }
      node.mount = mount;
    }
  }

  public static MountTable empty() {
    return EMPTY;
  }

  /**
   * A table of these mounts.
   *
   * @throws IllegalArgumentException if two of them are at one path or have one id
   */
  public static MountTable of(Collection<MountPoint> mounts) {
    long ids = mounts.stream().mapToLong(MountPoint::mountId).distinct().count();
    if (ids != mounts.size()) {
      throw new IllegalArgumentException("two mounts have the same id");
    }
    return mounts.isEmpty() ? EMPTY : new MountTable(mounts);
  }

  /**
   * This table with a mount put in; one with the same id is replaced.
   *
   * @throws IllegalArgumentException if a mount with another id is at its path
   */
  public MountTable with(MountPoint mount) {
    List<MountPoint> longer = others(mount.mountId());
    longer.add(mount);
    return new MountTable(longer);
  }

  /** This table without the mount of this id; the same one if it is not there. */
  public MountTable without(long mountId) {
    List<MountPoint> shorter = others(mountId);
    return shorter.size() == mounts.size() ? this : of(shorter);
  }

  private List<MountPoint> others(long mountId) {
    List<MountPoint> others = new ArrayList<>(mounts);
    others.removeIf(mount -> mount.mountId() == mountId);
    return others;
  }

  /** The mount that a path belongs to, the innermost one; empty if it is outside any mount. */
  public Optional<MountResolution> resolve(NamespacePath path) {
    MountPoint innermost = root.mount;
    Node node = root;
    for (int i = 0; i < path.depth(); i++) {
      node = node.children.get(path.component(i));
      if (node == null) {
        break;
      }
      if (node.mount != null) {
        innermost = node.mount;
      }
    }
    return innermost == null
        ? Optional.empty()
        : Optional.of(new MountResolution(innermost, path.relativeTo(innermost.path())));
  }

  /** The mount at exactly this path. */
  public Optional<MountPoint> at(NamespacePath path) {
    Node node = node(path);
    return node == null ? Optional.empty() : Optional.ofNullable(node.mount);
  }

  public Optional<MountPoint> byId(long mountId) {
    return mounts.stream().filter(mount -> mount.mountId() == mountId).findFirst();
  }

  public boolean isMountPoint(NamespacePath path) {
    Node node = node(path);
    return node != null && node.mount != null;
  }

  /** Whether a mount is at this path or hangs below it: no store decides about such an entry. */
  public boolean isMountPointOrAbove(NamespacePath path) {
    return isMountPoint(path) || holdsMountBelow(path);
  }

  /** Whether a mount hangs strictly below this path. */
  public boolean holdsMountBelow(NamespacePath path) {
    Node node = node(path);
    return node != null && !node.children.isEmpty();
  }

  /** The mounts strictly below this path, at any depth, by path. */
  public List<MountPoint> mountsBelow(NamespacePath path) {
    if (!holdsMountBelow(path)) {
      return List.of();
    }
    return mounts.stream()
        .filter(mount -> path.isPrefixOf(mount.path()) && !mount.path().equals(path))
        .toList();
  }

  /**
   * The mounts whose store path is this one, or lies above or below it.
   *
   * @param storeUri as its store's module normalises it; a trailing slash makes no difference
   */
  public List<MountPoint> intersecting(String storeUri) {
    String wanted = withSlash(storeUri);
    return mounts.stream()
        .filter(
            mount -> {
              String there = withSlash(mount.storeUri());
              return there.startsWith(wanted) || wanted.startsWith(there);
            })
        .toList();
  }

  private static String withSlash(String storeUri) {
    return storeUri.endsWith("/") ? storeUri : storeUri + "/";
  }

  /** All mounts, by path, ancestors first. */
  public List<MountPoint> all() {
    return mounts;
  }

  public int size() {
    return mounts.size();
  }

  private Node node(NamespacePath path) {
    Node node = root;
    for (int i = 0; i < path.depth() && node != null; i++) {
      node = node.children.get(path.component(i));
    }
    return node;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MountTable that && mounts.equals(that.mounts);
  }

  @Override
  public int hashCode() {
    return mounts.hashCode();
  }

  @Override
  public String toString() {
    return mounts.toString();
  }
}

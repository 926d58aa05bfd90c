package io.cadastre.journal.apply;

import io.cadastre.journal.record.proto.StateVerdict;
import java.util.ArrayList;
import java.util.List;

/**
 * What a batch changed, as far as caches and services must know. Handed to listeners on the apply
 * thread, after the batch is in the store and before its index is published. Names are UTF-8.
 */
public final class AppliedChanges {
  /** The entry `name` of directory `parentId`. */
  public record Edge(long parentId, byte[] name) {}

  private final List<Edge> directoryEdges = new ArrayList<>();
  private boolean mountsChanged;
  private boolean policiesChanged;
  private boolean tasksChanged;
  private boolean detached;
  private long checkStateIndex = -1;
  private StateVerdict verdict;

  void directoryEdge(long parentId, byte[] name) {
    directoryEdges.add(new Edge(parentId, name));
  }

  void mountsChanged() {
    mountsChanged = true;
  }

  void policiesChanged() {
    policiesChanged = true;
  }

  void tasksChanged() {
    tasksChanged = true;
  }

  void detached() {
    detached = true;
  }

  void checkState(long stateIndex) {
    checkStateIndex = stateIndex;
  }

  void verdict(StateVerdict found) {
    verdict = found;
  }

  /** Edges of directories that went, moved away, or whose attributes changed. */
  public List<Edge> directoryEdges() {
    return directoryEdges;
  }

  public boolean areMountsChanged() {
    return mountsChanged;
  }

  public boolean arePoliciesChanged() {
    return policiesChanged;
  }

  public boolean areTasksChanged() {
    return tasksChanged;
  }

  /** Whether a subtree was detached and waits to be reclaimed. */
  public boolean isDetached() {
    return detached;
  }

  /** State index of a CheckState record that ends this batch, or -1. */
  public long checkStateIndex() {
    return checkStateIndex;
  }

  /** The verdict that this batch brought, or null. */
  public StateVerdict verdict() {
    return verdict;
  }
}

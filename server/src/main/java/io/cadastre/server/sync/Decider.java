package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.Optional;

/** Decides about one pair of what the store says and what the namespace has. Pure. */
final class Decider {
  private Decider() {}

  /**
   * What a store can hold. The rest is the namespace's own: it is not compared, and stays.
   *
   * @param ownership owner, group and mode
   * @param times modification times that somebody has set
   */
  record Holds(boolean ownership, boolean times) {
    static Holds of(UnderFileSystem store) {
      return new Holds(store.supportsOwnership(), store.supportsModificationTimes());
    }
  }

  /** An entry that the store has and the namespace does not. */
  static SyncDecision onlyInStore(UfsStatus status) {
    return new SyncDecision.Create(status);
  }

  /** An entry that the namespace has and the store does not; empty if it is left alone. */
  static Optional<SyncDecision> onlyInNamespace(String name, byte[] row, boolean holdsMount) {
    InodeBody body = InodeRow.body(row);
    // A file that is being written may not be in the store yet; it expires by its own time.
    if (holdsMount || body.getIncomplete()) {
      return Optional.empty();
    }
    return Optional.of(
        new SyncDecision.Delete(name, body.getId(), body.getKind() == InodeKind.DIRECTORY));
  }

  /** An entry that both have; empty if there is nothing to do. */
  static Optional<SyncDecision> inBoth(
      UfsStatus status, byte[] row, boolean holdsMount, Holds holds) {
    InodeBody body = InodeRow.body(row);
    if (holdsMount || body.getIncomplete()) {
      return Optional.empty();
    }
    if (body.getKind() != kind(status)) {
      return Optional.of(
          new SyncDecision.Replace(status, body.getId(), body.getKind() == InodeKind.DIRECTORY));
    }
    return isSame(status, row, body, holds)
        ? Optional.empty()
        : Optional.of(new SyncDecision.Update(status, body.getId()));
  }

  /** Whether the namespace says the same as the store, of what the store can hold. */
  static boolean isSame(UfsStatus status, byte[] row, InodeBody body, Holds holds) {
    return body.getKind() == kind(status)
        && body.getFingerprint().equals(status.fingerprint())
        && body.getSize() == size(status)
        && (!holds.times() || InodeRow.mtimeMillis(row) == status.mtimeMillis())
        && (!holds.ownership() || isSameOwnership(status, body))
        && body.getLinkTarget().equals(status.linkTarget());
  }

  private static boolean isSameOwnership(UfsStatus status, InodeBody body) {
    return (status.owner().isEmpty() || body.getOwner().equals(status.owner()))
        && (status.group().isEmpty() || body.getGroup().equals(status.group()))
        && body.getMode() == status.mode();
  }

  static InodeKind kind(UfsStatus status) {
    return switch (status.kind()) {
      case FILE -> InodeKind.FILE;
      case DIRECTORY -> InodeKind.DIRECTORY;
      case SYMLINK -> InodeKind.SYMLINK;
    };
  }

  static long size(UfsStatus status) {
    return status.isDirectory() ? 0 : status.size();
  }

  /** A body for what was not known, with all that the store says. */
  static InodeBody made(InodeBody.Builder body, UfsStatus status) {
    return owned(said(body, status), status).build();
  }

  /**
   * The body with what the store says; id, extended attributes and what the store cannot hold stay.
   */
  static InodeBody merged(InodeBody.Builder body, UfsStatus status, Holds holds) {
    said(body, status);
    return (holds.ownership() ? owned(body, status) : body).build();
  }

  private static InodeBody.Builder said(InodeBody.Builder body, UfsStatus status) {
    return body.setKind(kind(status))
        .setSize(size(status))
        .setFingerprint(status.fingerprint())
        .setLinkTarget(status.linkTarget());
  }

  private static InodeBody.Builder owned(InodeBody.Builder body, UfsStatus status) {
    body.setMode(status.mode());
    if (!status.owner().isEmpty()) {
      body.setOwner(status.owner());
    }
    if (!status.group().isEmpty()) {
      body.setGroup(status.group());
    }
    return body;
  }
}

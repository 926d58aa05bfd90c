package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.Optional;

/** Decides about one pair of what the store says and what the namespace has. Pure. */
final class Decider {
  private Decider() {}

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
  static Optional<SyncDecision> inBoth(UfsStatus status, byte[] row, boolean holdsMount) {
    InodeBody body = InodeRow.body(row);
    if (holdsMount || body.getIncomplete()) {
      return Optional.empty();
    }
    if (body.getKind() != kind(status)) {
      return Optional.of(
          new SyncDecision.Replace(status, body.getId(), body.getKind() == InodeKind.DIRECTORY));
    }
    return isSame(status, row, body)
        ? Optional.empty()
        : Optional.of(new SyncDecision.Update(status, body.getId()));
  }

  /** Whether the namespace says the same as the store. What a store cannot hold is not compared. */
  static boolean isSame(UfsStatus status, byte[] row, InodeBody body) {
    return body.getKind() == kind(status)
        && body.getFingerprint().equals(status.fingerprint())
        && body.getSize() == size(status)
        && InodeRow.mtimeMillis(row) == status.mtimeMillis()
        && (status.owner().isEmpty() || body.getOwner().equals(status.owner()))
        && (status.group().isEmpty() || body.getGroup().equals(status.group()))
        && body.getMode() == status.mode()
        && body.getLinkTarget().equals(status.linkTarget());
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

  /**
   * The body with what the store says; id, extended attributes and what the store cannot hold stay.
   */
  static InodeBody merged(InodeBody.Builder body, UfsStatus status) {
    body.setKind(kind(status))
        .setSize(size(status))
        .setMode(status.mode())
        .setFingerprint(status.fingerprint())
        .setLinkTarget(status.linkTarget());
    if (!status.owner().isEmpty()) {
      body.setOwner(status.owner());
    }
    if (!status.group().isEmpty()) {
      body.setGroup(status.group());
    }
    return body.build();
  }
}

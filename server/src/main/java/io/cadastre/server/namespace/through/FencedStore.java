package io.cadastre.server.namespace.through;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange.OutcomeUnknownException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.function.Function;

/**
 * One change's way to its store: checks the leader's lease right before each request that changes
 * something, gives each request the store's own deadline, and remembers whether anything has
 * changed, so that a failure is told for what it is. Used by one thread.
 */
final class FencedStore {
  private final MountedFileSystems mounted;
  private final UnderFileSystem store;
  private final StoreCall call;
  private boolean changed;

  FencedStore(MountedFileSystems mounted, MountPoint mount, StoreCall call) {
    this.mounted = mounted;
    this.store = mounted.of(mount).store();
    this.call = call;
  }

  UnderFileSystem raw() {
    return store;
  }

  StoreCall call() {
    return call;
  }

  StoreLookup status(String path) {
    return store.status(path, mounted.deadline(call.callerDeadlineNanos()));
  }

  UfsListing list(String path) {
    return store.list(path, null, deadline());
  }

  StoreDeadline deadline() {
    return mounted.deadline();
  }

  UfsStatus createDirectory(String path, UfsAttributes attributes) {
    return change(deadline -> store.createDirectory(path, attributes, deadline));
  }

  void delete(String path, String fingerprint) {
    change(
        deadline -> {
          store.delete(path, fingerprint, deadline);
          return true;
        });
  }

  void deleteRecursive(String path) {
    change(
        deadline -> {
          store.deleteRecursive(path, deadline);
          return true;
        });
  }

  UfsStatus rename(String source, String destination, String fingerprint) {
    return change(deadline -> store.rename(source, destination, fingerprint, deadline));
  }

  UfsStatus setAttributes(String path, UfsAttributes attributes) {
    return change(deadline -> store.setAttributes(path, attributes, deadline));
  }

  private <T> T change(Function<StoreDeadline, T> request) {
    try {
      call.checkMayChange();
    } catch (MetadataException e) {
      throw failure(e);
    }
    // Its own deadline, whoever waits: what was begun is better seen through than settled.
    StoreDeadline deadline = mounted.deadline();
    try {
      T answer = request.apply(deadline);
      changed = true;
      return answer;
    } catch (UfsException e) {
      if (!e.kind().changedNothing()) {
        throw new OutcomeUnknownException(e.getMessage(), deadline.atNanos(), e);
      }
      throw e;
    }
  }

  /** Whether all that was changed was taken back. */
  void takenBack() {
    changed = false;
  }

  /** What to throw for a request that the store refused, or that was not sent. */
  RuntimeException failure(MetadataException error) {
    return changed
        ? new OutcomeUnknownException(
            "only a part was done: " + error.getMessage(), System.nanoTime(), error)
        : error;
  }

  /** As above, told as the store told it. */
  RuntimeException failure(UfsException e) {
    return failure(error(e));
  }

  static MetadataException error(UfsException e) {
    ErrorCode code = e.kind().errorCode();
    return new MetadataException(code, e.getMessage(), e);
  }

  /** The namespace and the store differ, which only a sync can mend. */
  static MetadataException outOfSync(String text, Object path) {
    return new MetadataException(
            ErrorCode.OUT_OF_SYNC,
            text + "; run `cadastre fs load-metadata -F` on it first: " + path)
        .with("path", path);
  }

  static MetadataException unknownToNamespace(Object path) {
    return new MetadataException(
            ErrorCode.ALREADY_EXISTS,
            "The store has an entry there that is not known here; run `cadastre fs load-metadata` on it: "
                + path)
        .with("path", path);
  }

  static MetadataException unreadable(StoreLookup.Unknown unknown) {
    return new MetadataException(
        ErrorCode.STORE_UNAVAILABLE, "The store cannot be read: " + unknown.reason());
  }
}

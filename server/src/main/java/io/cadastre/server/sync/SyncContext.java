package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import java.util.Set;

/**
 * What all parts of one run share.
 *
 * @param refresh whether what is known is compared too (update, replace, delete); else only what is
 *     missing is made
 * @param dryRun whether differences are only reported
 * @param overrideGuard whether deletes go through although the guard would hold them back
 * @param caller of the system: a sync sees everything
 * @param pool where a run finds helpers
 * @param listings what keeps the pages that were asked for ahead
 * @param pace how fast recursive runs go
 * @param unsettled ids of directories in which something is left as it was; thread-safe
 * @param deadlineNanos when whoever asked for the run stops waiting; bounds each request to the
 *     store
 */
record SyncContext(
    Leadership leadership,
    PathResolver resolver,
    MountedFileSystems stores,
    MarkBuffer marks,
    AbsentPathCache absent,
    SyncProgress progress,
    SyncSettings settings,
    boolean refresh,
    boolean dryRun,
    boolean overrideGuard,
    Caller caller,
    SyncPool pool,
    ListingsAhead listings,
    SyncPace pace,
    Set<Long> unsettled,
    long deadlineNanos) {

  /** Deadline of one request to a store. */
  StoreDeadline storeDeadline() {
    return stores.deadline(deadlineNanos);
  }

  /**
   * To be asked about each failure: a run ends with its leadership, and does not go on to fail at
   * one directory after the other.
   *
   * @throws MetadataException NOT_LEADER
   */
  void checkLeading(MetadataException failure) {
    if (failure.code() == ErrorCode.NOT_LEADER || leadership.isClosed()) {
      throw new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead any more");
    }
  }

  /** Tells of a path that the store does not say anything of. */
  void fail(NamespacePath path, StoreLookup.Unknown unknown) {
    String code = unknown.cause().kind().errorCode().name();
    progress.fail(path.toString(), code, unknown.reason());
  }

  /**
   * Whether the store lists nothing at all in a directory.
   *
   * @throws UfsException if it cannot be listed
   */
  boolean isListedEmpty(SyncTarget directory) {
    progress.listings.increment();
    try (UfsListing listing =
        directory.store().list(directory.storePath(), null, storeDeadline())) {
      UfsListing.Page page = listing.next(storeDeadline());
      return page.entries().isEmpty() && page.unreadable().isEmpty() && page.last();
    }
  }

  /** One lookup; whatever goes wrong is unknown. */
  StoreLookup lookup(SyncTarget target) {
    progress.lookups.increment();
    try {
      return target.store().status(target.storePath(), storeDeadline());
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }
}

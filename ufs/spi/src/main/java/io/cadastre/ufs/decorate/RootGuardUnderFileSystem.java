package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.Objects;

/**
 * Believes a store only while its root is the one that was mounted. Asks for the root's identity
 * after each answer "absent" or "present", before each listing and after its last page, and before
 * each mutation: so an unmounted NFS is neither mirrored as deletions nor written to. Between that
 * question and a mutation the root can still be swapped; nothing in a file system's interface
 * prevents that.
 */
public final class RootGuardUnderFileSystem extends ForwardingUnderFileSystem {
  private final String expectedIdentity;

  /**
   * Wraps a store.
   *
   * @param expectedIdentity what {@link #rootIdentity} said when the mount was made
   */
  public RootGuardUnderFileSystem(UnderFileSystem store, String expectedIdentity) {
    super(store);
    this.expectedIdentity = Objects.requireNonNull(expectedIdentity, "expectedIdentity");
  }

  /** The identity that is there, whether expected or not. */
  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return store.rootIdentity(deadline);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    StoreLookup answer = store.status(path, deadline);
    if (answer instanceof StoreLookup.Unknown) {
      return answer;
    }
    try {
      checkRoot(deadline);
      return answer;
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    checkRoot(deadline);
    UfsListing listing = store.list(path, startAfter, deadline);
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        Page page = listing.next(deadline);
        if (page.last()) {
          checkRoot(deadline);
        }
        return page;
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    checkRoot(deadline);
    UfsFlatListing listing = store.listFlat(path, startAfter, endAt, deadline);
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        Page page = listing.next(deadline);
        if (page.last()) {
          checkRoot(deadline);
        }
        return page;
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  /** Not guarded: it says only where to cut, and nothing is concluded from that. */
  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    return store.splitPoints(path, ranges, deadline);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    return store.createDirectory(path, attributes, deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    return store.createFile(path, attributes, deadline);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    store.delete(path, expectedFingerprint, deadline);
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    store.deleteRecursive(path, deadline);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    return store.rename(source, destination, expectedFingerprint, deadline);
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkBeforeChange(deadline);
    return store.setAttributes(path, attributes, deadline);
  }

  private void checkBeforeChange(StoreDeadline deadline) {
    try {
      checkRoot(deadline);
    } catch (UfsException e) {
      // The change itself was not sent, however little is known of the root.
      throw e.kind() == Kind.UNKNOWN
          ? new UfsException(Kind.UNAVAILABLE, e.getMessage(), e.retryable(), e)
          : e;
    }
  }

  private void checkRoot(StoreDeadline deadline) {
    String actual = store.rootIdentity(deadline);
    if (!actual.equals(expectedIdentity)) {
      throw new UfsException(
          Kind.ROOT_CHANGED,
          "The root "
              + store.uriOf("")
              + " is not the one that was mounted (then "
              + expectedIdentity
              + ", now "
              + actual
              + "); bring the old one back, or unmount and mount again");
    }
  }
}

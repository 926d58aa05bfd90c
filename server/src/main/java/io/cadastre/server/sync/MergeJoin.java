package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.List;

/**
 * Joins one page of a store's listing with the stretch of the namespace that it covers. Both sides
 * ascend strictly in unsigned UTF-8 bytes of names; a listing that does not is refused, because
 * entries would seem to be missing. Pure but for reading the cursor. Used by one thread.
 */
public final class MergeJoin {
  /** Told of each name, in order. */
  public interface Pairs {
    void onlyInStore(UfsStatus status);

    void onlyInNamespace(String name, byte[] row);

    void inBoth(UfsStatus status, byte[] row);
  }

  private String last;

  /**
   * Joins one page.
   *
   * @param entries of the page
   * @param namespace stands behind the last name of the page before
   * @param lastPage whether the rest of the namespace is to be joined with nothing
   * @param upTo names up to this one are covered by the page, even if there is no entry for them;
   *     null for the last entry
   * @throws MetadataException STORE_UNAVAILABLE if the names of the listing do not ascend
   */
  public void join(
      List<UfsStatus> entries, RowCursor namespace, boolean lastPage, String upTo, Pairs pairs) {
    for (UfsStatus status : entries) {
      if (last != null && NamespacePath.compareNames(last, status.name()) >= 0) {
        throw outOfOrder(status.name(), last);
      }
      last = status.name();
      while (namespace.valid()) {
        String name = KeyLayout.nameOf(namespace.key());
        int order = NamespacePath.compareNames(name, status.name());
        if (order >= 0) {
          break;
        }
        pairs.onlyInNamespace(name, namespace.value());
        namespace.next();
      }
      if (namespace.valid() && KeyLayout.nameOf(namespace.key()).equals(status.name())) {
        pairs.inBoth(status, namespace.value());
        namespace.next();
      } else {
        pairs.onlyInStore(status);
      }
    }
    while (namespace.valid()
        && (lastPage
            || (upTo != null
                && NamespacePath.compareNames(KeyLayout.nameOf(namespace.key()), upTo) <= 0))) {
      pairs.onlyInNamespace(KeyLayout.nameOf(namespace.key()), namespace.value());
      namespace.next();
    }
  }

  /** A listing whose names or keys do not ascend. */
  static MetadataException outOfOrder(String name, String after) {
    return new MetadataException(
            ErrorCode.STORE_UNAVAILABLE,
            "The store's listing is not in ascending order; nothing can be concluded from it")
        .with("name", name)
        .with("after", after);
  }
}

package io.cadastre.server.namespace.listing;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.ListToken;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.KeyLayout;

/**
 * One listing: pages of one view, in key order. Used by one thread at a time; close it, which gives
 * the view back.
 */
public final class Listing implements AutoCloseable {
  private static final int FIRST_PAGE_ENTRIES = 256;
  private static final int PAGE_BYTES = 512 << 10;

  private final ListViews views;
  private final ListViews.Lease lease;
  private final DirectoryWalk walk;
  private final ListRequest request;
  private final ListToken.Builder token;
  private final ServedAt served;
  private final NamespacePath path;
  private final boolean newerView;
  private final int pageEntries;
  private final long limit;
  private final boolean anyMounts;
  private final PageWriter writer = new PageWriter();
  private boolean started;
  private boolean complete;
  private long sent;

  Listing(
      ListViews views,
      ListViews.Lease lease,
      DirectoryWalk walk,
      ListRequest request,
      ListToken.Builder token,
      ServedAt served,
      NamespacePath path,
      boolean newerView,
      int pageEntries) {
    this.views = views;
    this.lease = lease;
    this.walk = walk;
    this.request = request;
    this.token = token;
    this.served = served;
    this.path = path;
    this.newerView = newerView;
    this.pageEntries = pageEntries;
    // What is beyond a long is as good as no limit.
    this.limit = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
    this.sent = token.getSent();
    MountTable mounts = lease.view().mounts();
    this.anyMounts = mounts.holdsMountBelow(path);
  }

  /** The next page, serialised. Not after the last one. */
  public byte[] nextPage() {
    int wanted =
        request.getPageEntries() > 0 || started
            ? pageEntries
            : Math.min(FIRST_PAGE_ENTRIES, pageEntries);
    started = true;
    long left = limit - sent;
    String prefix = null;
    byte[] pathPrefix = null;
    String lastPrefix = "";
    byte[] lastKey = null;
    boolean more = true;
    while (writer.entries() < Math.min(wanted, left) && writer.bytes() < PAGE_BYTES) {
      more = walk.next();
      if (!more) {
        break;
      }
      byte[] key = walk.key();
      if (request.getRecursive() && !walk.prefix().equals(prefix)) {
        prefix = walk.prefix();
        pathPrefix = PageWriter.utf8((path.isRoot() ? "/" : path + "/") + prefix);
      }
      writer.add(key, walk.row(), pathPrefix, isMountPoint(key));
      lastPrefix = walk.prefix();
      lastKey = key;
    }
    sent += writer.entries();
    views.sent(writer.entries());
    // More than the limit if a later request has a lower one: that is an end too.
    complete = !more || sent >= limit;
    ByteString resume = ByteString.EMPTY;
    if (!complete && lastKey != null) {
      resume =
          token
              .setAfter(lastPrefix + KeyLayout.nameOf(lastKey))
              .setSent(sent)
              .build()
              .toByteString();
    }
    return writer.finish(served, resume, complete, newerView);
  }

  private boolean isMountPoint(byte[] key) {
    if (!anyMounts) {
      return false;
    }
    String below = walk.prefix() + KeyLayout.nameOf(key);
    return lease
        .view()
        .mounts()
        .isMountPoint(NamespacePath.of(path.isRoot() ? "/" + below : path + "/" + below));
  }

  /** Whether the last page was handed out. */
  public boolean isComplete() {
    return complete;
  }

  /** The view that is listed. */
  public AppliedView view() {
    return lease.view();
  }

  /** Whether the view may still be used; if not, the listing has to stop. */
  public boolean isLive() {
    return views.isLive(lease);
  }

  /** Whom to tell, again and again, while the view is in use for longer than it may be. */
  public void onOverdue(Runnable listener) {
    views.onOverdue(lease, listener);
  }

  public long sent() {
    return sent;
  }

  @Override
  public void close() {
    walk.close();
    views.release(lease, complete);
  }
}

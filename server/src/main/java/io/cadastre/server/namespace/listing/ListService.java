package io.cadastre.server.namespace.listing;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.ListToken;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Resolution;
import java.util.Optional;

/** Opens listings. Thread-safe; called on threads that may wait for the store's reads. */
public final class ListService {
  /** Most entries of a page that a caller may ask for. */
  public static final int MAX_PAGE_ENTRIES = 10_000;

  private final String node;
  private final PathResolver resolver;
  private final ListViews views;
  private final int pageEntries;

  public ListService(String node, PathResolver resolver, ListViews views, int pageEntries) {
    this.node = node;
    this.resolver = resolver;
    this.views = views;
    this.pageEntries = pageEntries;
  }

  /**
   * Opens a listing.
   *
   * @param view newest state; taken over
   * @param staleReason why the answer may be stale; empty if it is not
   * @throws MetadataException VIEW_EXPIRED if the token's view is gone and the caller did not allow
   *     a newer one
   */
  public Listing open(
      ListRequest request, Caller caller, AppliedView view, long term, String staleReason) {
    ListViews.Lease lease = null;
    try {
      NamespacePath path = NamespacePath.of(request.getPath());
      if (request.getPageEntries() < 0 || request.getPageEntries() > MAX_PAGE_ENTRIES) {
        throw MetadataException.invalid(
            "page_entries", "expected 1 to " + MAX_PAGE_ENTRIES + ", or 0 for the server's choice");
      }
      ListToken token = token(request, path);
      Optional<ListViews.Lease> earlier =
          token.getViewId() != 0 && token.getNode().equals(node)
              ? views.resume(token.getViewId())
              : Optional.empty();
      boolean resumed = !request.getResumeToken().isEmpty();
      if (resumed && earlier.isEmpty() && !request.getAllowNewerView()) {
        throw new MetadataException(
            ErrorCode.VIEW_EXPIRED,
            "The state that the listing began with is gone; start again, or allow a newer one");
      }
      if (earlier.isPresent()) {
        view.close();
        lease = earlier.get();
      } else {
        AppliedView taken = view;
        view = null;
        lease = views.open(taken);
      }
      Listing listing =
          open(
              request, caller, path, token, lease, resumed && earlier.isEmpty(), term, staleReason);
      return listing;
    } catch (RuntimeException e) {
      if (lease != null) {
        views.release(lease, true);
      } else if (view != null) {
        view.close();
      }
      throw e;
    }
  }

  private Listing open(
      ListRequest request,
      Caller caller,
      NamespacePath path,
      ListToken token,
      ListViews.Lease lease,
      boolean newerView,
      long term,
      String staleReason) {
    Resolution resolution = resolver.resolve(lease.view(), path, caller);
    InodeBody body = resolution.body();
    if (body.getKind() != InodeKind.DIRECTORY) {
      throw new MetadataException(ErrorCode.NOT_A_DIRECTORY, "Not a directory: " + path);
    }
    Permissions.check(
        caller, path, body.getOwner(), body.getGroup(), body.getMode(), Permissions.READ);
    ListToken.Builder next =
        ListToken.newBuilder()
            .setNode(node)
            .setViewId(lease.id())
            .setPath(path.toString())
            .setRecursive(request.getRecursive())
            .setSent(token.getSent());
    DirectoryWalk walk =
        new DirectoryWalk(
            lease.view(),
            path,
            InodeRow.id(resolution.row()),
            request.getRecursive(),
            caller,
            token.getAfter());
    return new Listing(
        views,
        lease,
        walk,
        request,
        next,
        ServedAt.newBuilder()
            .setStateIndex(lease.view().stateIndex())
            .setTerm(term)
            .setNode(node)
            .setStaleReason(staleReason)
            .build(),
        path,
        newerView,
        request.getPageEntries() > 0 ? request.getPageEntries() : pageEntries);
  }

  private static ListToken token(ListRequest request, NamespacePath path) {
    if (request.getResumeToken().isEmpty()) {
      return ListToken.getDefaultInstance();
    }
    try {
      ListToken token = ListToken.parseFrom(request.getResumeToken());
      if (!token.getPath().equals(path.toString())
          || token.getRecursive() != request.getRecursive()
          || token.getAfter().isEmpty()
          || token.getSent() < 0) {
        throw MetadataException.invalid("resume_token", "it belongs to another listing");
      }
      return token;
    } catch (InvalidProtocolBufferException e) {
      throw MetadataException.invalid("resume_token", "it is damaged");
    }
  }
}

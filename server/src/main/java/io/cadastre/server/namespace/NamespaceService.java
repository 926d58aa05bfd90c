package io.cadastre.server.namespace;

import io.cadastre.core.api.RequestDigest;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.api.proto.SyncOptions;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.namespace.listing.ListService;
import io.cadastre.server.namespace.listing.Listing;
import io.cadastre.server.namespace.operation.OperationFactory;
import io.cadastre.server.sync.DifferenceListener;
import io.cadastre.server.sync.SyncDepth;
import io.cadastre.server.sync.SyncOverview;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Applied;
import io.cadastre.server.transaction.CallContext;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.ReadGate;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.Transactions;
import io.cadastre.ufs.spi.UfsLocation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The front door of the namespace: reads from one view behind the read gate, mutations through
 * {@link Transactions}. Called on planner threads, never on the network's event loop; blocks on
 * nothing but the store's own reads.
 */
public final class NamespaceService {
  private static final Predicate<MountEntry> SUSPECT = mount -> !mount.getCondition().isEmpty();

  private final LeadershipSource leaderships;
  private final Transactions transactions;
  private final ReadGate gate;
  private final PathResolver resolver;
  private final OperationFactory operations;
  private final SyncService sync;
  private final SyncOverview overview;
  private final EffectivePolicies policies;
  private final Executor scans;
  private final ListService lists;

  /**
   * @param scans bounded pool for reads that walk a subtree
   */
  public NamespaceService(
      LeadershipSource leaderships,
      Transactions transactions,
      ReadGate gate,
      PathResolver resolver,
      OperationFactory operations,
      SyncService sync,
      SyncOverview overview,
      ListService lists,
      Configuration configuration,
      Executor scans) {
    this.leaderships = leaderships;
    this.transactions = transactions;
    this.gate = gate;
    this.resolver = resolver;
    this.operations = operations;
    this.sync = sync;
    this.overview = overview;
    this.policies = new EffectivePolicies(configuration);
    this.scans = scans;
    this.lists = lists;
  }

  /**
   * A run that its caller follows.
   *
   * @param termOver whether the term of leading that it belongs to is over, so that it must end
   */
  public record FollowedLoad(SyncService.Load load, BooleanSupplier termOver) {}

  /** Opens a listing; close it. Called on a thread of the scan pool. */
  public CompletableFuture<Listing> list(ListRequest request, Caller caller, long deadlineNanos) {
    Leadership leadership = leaderships.require();
    NamespacePath path = NamespacePath.of(request.getPath());
    // A listing that goes on was compared with the store when it began.
    CompletableFuture<String> compared =
        request.getResumeToken().isEmpty()
            ? sync.beforeRead(
                leadership,
                path,
                request.getRecursive() ? SyncDepth.ALL : SyncDepth.CHILDREN,
                request.getSync(),
                deadlineNanos)
            : CompletableFuture.completedFuture("");
    return compared.thenCompose(
        stale ->
            gate.pass(leadership, deadlineNanos)
                .thenApply(
                    unused ->
                        lists.open(request, caller, leadership.view(), leadership.term(), stale)));
  }

  /**
   * `load-metadata`.
   *
   * @throws MetadataException if the caller may not, or the path lies on no mount
   */
  public FollowedLoad loadMetadata(LoadMetadataRequest request, Caller caller, long deadlineNanos) {
    Leadership leadership = leaderships.require();
    NamespacePath path = NamespacePath.of(request.getPath());
    if (request.getOverrideGuard()) {
      Permissions.checkSuperuser(caller, "override the mass-delete guard");
    }
    try (AppliedView view = leadership.view()) {
      Resolution top = resolver.resolve(view, path, caller);
      if (request.getDryRun()) {
        checkMayCompare(caller, top, request.getRecursive());
      }
    }
    SyncService.Load load =
        sync.load(
            leadership,
            path,
            request.getRecursive(),
            request.getForce(),
            request.getOverrideGuard(),
            request.getDryRun(),
            deadlineNanos);
    overview.follow(load, request, caller, leadership.clock().millis());
    return new FollowedLoad(load, leadership::isClosed);
  }

  /**
   * Compares the namespace with a store and changes neither.
   *
   * @param listener told of each difference, on the run's threads
   * @throws MetadataException if the caller may not, or the path lies on no mount
   */
  public FollowedLoad diff(DiffRequest request, Caller caller, DifferenceListener listener) {
    Leadership leadership = leaderships.require();
    NamespacePath path = NamespacePath.of(request.getPath());
    try (AppliedView view = leadership.view()) {
      checkMayCompare(caller, resolver.resolve(view, path, caller), request.getRecursive());
    }
    return new FollowedLoad(
        sync.compare(leadership, path, request.getRecursive(), listener), leadership::isClosed);
  }

  /**
   * A comparison shows what is in the store as the master sees it. So whoever may list a directory
   * may have its entries compared; what lies deeper, and what the namespace does not know, so that
   * nobody can say whose it is, only a super-user.
   */
  private static void checkMayCompare(Caller caller, Resolution top, boolean recursive) {
    if (recursive || !top.exists()) {
      Permissions.checkSuperuser(
          caller, "compare a whole subtree, or a path that was not loaded, with its store");
    } else if (top.isDirectory()) {
      InodeBody body = top.body();
      Permissions.check(
          caller,
          top.path(),
          body.getOwner(),
          body.getGroup(),
          body.getMode(),
          Permissions.READ | Permissions.EXECUTE);
    }
  }

  /** Runs one call. The future fails with a {@link MetadataException} only. */
  public CompletableFuture<CallResponse.Builder> call(
      CallRequest request, Caller caller, long deadlineNanos) {
    sync.called();
    try {
      Leadership leadership = leaderships.require();
      return switch (request.getOpCase()) {
        case GET_STATUS ->
            synced(
                leadership,
                NamespacePath.of(request.getGetStatus().getPath()),
                SyncDepth.SELF,
                request.getGetStatus().getSync(),
                deadlineNanos,
                view -> status(leadership, view, request, caller));
        case EXISTS ->
            synced(
                leadership,
                NamespacePath.of(request.getExists().getPath()),
                SyncDepth.SELF,
                request.getExists().getSync(),
                deadlineNanos,
                view -> exists(view, request, caller));
        case COUNT ->
            walked(
                leadership,
                NamespacePath.of(request.getCount().getPath()),
                request.getCount().getSync(),
                deadlineNanos,
                view -> count(view, request, caller, deadlineNanos));
        case LIST_MOUNTS ->
            read(
                leadership,
                deadlineNanos,
                view -> CallResponse.newBuilder().setMounts(MountReader.table(view)));
        case LIST_POLICIES ->
            read(
                leadership,
                deadlineNanos,
                view ->
                    CallResponse.newBuilder()
                        .setPolicies(
                            policies.list(
                                view.policies(), pathOrRoot(request.getListPolicies().getPath()))));
        case LIST_TASKS ->
            read(
                leadership,
                deadlineNanos,
                view ->
                    CallResponse.newBuilder().setTasks(tasks(leadership, view, request, caller)));
        case EFFECTIVE_POLICY ->
            read(
                leadership,
                deadlineNanos,
                view ->
                    CallResponse.newBuilder()
                        .setEffective(
                            policies.effective(
                                view.policies(),
                                NamespacePath.of(request.getEffectivePolicy().getPath()))));
        case OP_NOT_SET ->
            throw new MetadataException(
                ErrorCode.UNSUPPORTED,
                "The request has no operation, or one that this version does not know");
        default -> mutate(leadership, request, caller, deadlineNanos);
      };
    } catch (MetadataException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<CallResponse.Builder> mutate(
      Leadership leadership, CallRequest request, Caller caller, long deadlineNanos) {
    Operation operation = operations.of(request);
    if (!request.hasOperationId()) {
      throw MetadataException.invalid("operation_id", "every mutation needs one");
    }
    CallContext call =
        new CallContext(caller, request.getOperationId(), RequestDigest.of(request), deadlineNanos);
    leadership
        .operations()
        .acknowledge(request.getOperationId().getClient(), request.getAckedBelow());
    List<NamespacePath> paths = OperationFactory.changedPaths(request);
    CompletableFuture<String> compared =
        isRepeat(leadership, call, paths)
            ? CompletableFuture.completedFuture("")
            : syncBefore(leadership, paths, deadlineNanos);
    return compared
        .thenCompose(unused -> transactions.run(leadership, call, operation))
        .thenApply(NamespaceService::done);
  }

  /**
   * A change that was made must not be refused when it is asked for again, because its store cannot
   * be asked now or the disk is full. Looked up only where a store could be asked.
   */
  private boolean isRepeat(Leadership leadership, CallContext call, List<NamespacePath> paths) {
    try (AppliedView view = leadership.view()) {
      for (NamespacePath path : paths) {
        if (view.mounts().resolve(path).isPresent()) {
          return transactions.isRepeat(leadership, call, view);
        }
      }
      return false;
    }
  }

  /**
   * A change is decided on what the store has: the paths and the directories above them are
   * compared if they are due.
   */
  private CompletableFuture<String> syncBefore(
      Leadership leadership, List<NamespacePath> paths, long deadlineNanos) {
    CompletableFuture<String> synced = CompletableFuture.completedFuture("");
    for (NamespacePath path : paths) {
      if (!path.isRoot()) {
        synced = then(synced, () -> syncSelf(leadership, path.parent(), deadlineNanos));
      }
      synced = then(synced, () -> syncSelf(leadership, path, deadlineNanos));
    }
    return synced;
  }

  private CompletableFuture<String> syncSelf(
      Leadership leadership, NamespacePath path, long deadlineNanos) {
    return sync.beforeChange(leadership, path, deadlineNanos);
  }

  private static CompletableFuture<String> then(
      CompletableFuture<String> first, Supplier<CompletableFuture<String>> second) {
    return first.isDone() && !first.isCompletedExceptionally()
        ? second.get()
        : first.thenCompose(unused -> second.get());
  }

  private static CallResponse.Builder done(Applied applied) {
    return CallResponse.newBuilder()
        .setServed(
            ServedAt.newBuilder().setStateIndex(applied.stateIndex()).setTerm(applied.term()))
        .setDone(applied.done());
  }

  /** What a read does with its view. */
  private interface Reader {
    CallResponse.Builder read(AppliedView view);
  }

  /** A read of a path that is compared with its store first, if it is due. */
  private CompletableFuture<CallResponse.Builder> synced(
      Leadership leadership,
      NamespacePath path,
      SyncDepth depth,
      SyncOptions options,
      long deadlineNanos,
      Reader reader) {
    CompletableFuture<String> compared =
        sync.beforeRead(leadership, path, depth, options, deadlineNanos);
    if (compared.isDone() && !compared.isCompletedExceptionally() && compared.join().isEmpty()) {
      return read(leadership, deadlineNanos, reader);
    }
    return compared.thenCompose(
        stale ->
            read(leadership, deadlineNanos, reader)
                .thenApply(
                    response -> {
                      response.getServedBuilder().setStaleReason(stale);
                      return response;
                    }));
  }

  /** The same for a read that walks: on a thread for scans, not on one that tells of the sync. */
  private CompletableFuture<CallResponse.Builder> walked(
      Leadership leadership,
      NamespacePath path,
      SyncOptions options,
      long deadlineNanos,
      Reader reader) {
    return sync.beforeRead(leadership, path, SyncDepth.ALL, options, deadlineNanos)
        .thenCompose(
            stale ->
                gate.pass(leadership, deadlineNanos)
                    .thenApplyAsync(
                        unused -> {
                          CallResponse.Builder response = readNow(leadership, reader);
                          response.getServedBuilder().setStaleReason(stale);
                          return response;
                        },
                        scans));
  }

  private CompletableFuture<CallResponse.Builder> read(
      Leadership leadership, long deadlineNanos, Reader reader) {
    CompletableFuture<Void> passed = gate.pass(leadership, deadlineNanos);
    if (passed.isDone() && !passed.isCompletedExceptionally()) {
      return CompletableFuture.completedFuture(readNow(leadership, reader));
    }
    return passed.thenApply(unused -> readNow(leadership, reader));
  }

  private static CallResponse.Builder readNow(Leadership leadership, Reader reader) {
    try (AppliedView view = leadership.view()) {
      return reader
          .read(view)
          .setServed(
              ServedAt.newBuilder().setStateIndex(view.stateIndex()).setTerm(leadership.term()));
    }
  }

  private CallResponse.Builder status(
      Leadership leadership, AppliedView view, CallRequest request, Caller caller) {
    NamespacePath path = NamespacePath.of(request.getGetStatus().getPath());
    Resolution resolution = resolver.resolve(view, path, caller);
    Optional<MountResolution> mount = view.mounts().resolve(path);
    if (mount.isPresent() && !resolution.exists()) {
      throw MetadataException.notFound(path)
          .with("sync", due(sync.standing(leadership, view, resolution, SyncDepth.SELF)));
    }
    FileStatus.Builder status = StatusReader.status(path, resolution.existing());
    if (mount.isPresent()) {
      SyncService.Standing standing = sync.standing(leadership, view, resolution, SyncDepth.SELF);
      status
          .setMountPoint(view.mounts().isMountPoint(path))
          .setStoreUri(
              UfsLocation.parse(mount.get().mount().storeUri())
                  .resolve(mount.get().relativePath())
                  .uri())
          .setSyncedMillis(Math.max(status.getSyncedMillis(), standing.comparedMillis()))
          .setDue(due(standing));
      if (resolution.isDirectory()) {
        status.setChildrenSyncedMillis(
            sync.standing(leadership, view, resolution, SyncDepth.CHILDREN).comparedMillis());
      }
    }
    return CallResponse.newBuilder().setStatus(status);
  }

  private TaskList.Builder tasks(
      Leadership leadership, AppliedView view, CallRequest request, Caller caller) {
    TaskList.Builder list = overview.list(leadership, view, request.getListTasks(), caller);
    if (request.getListTasks().getTaskId() == 0) {
      MountReader.table(view).getMountsList().stream().filter(SUSPECT).forEach(list::addGuarded);
    }
    return list;
  }

  private static String due(SyncService.Standing standing) {
    return (standing.due() ? "due: " : "not due: ") + standing.why();
  }

  private CallResponse.Builder exists(AppliedView view, CallRequest request, Caller caller) {
    NamespacePath path = NamespacePath.of(request.getExists().getPath());
    boolean exists;
    try {
      exists = resolver.resolve(view, path, caller).exists();
    } catch (MetadataException e) {
      if (e.code() != ErrorCode.NOT_A_DIRECTORY) {
        throw e;
      }
      exists = false;
    }
    return CallResponse.newBuilder().setExists(exists);
  }

  private CallResponse.Builder count(
      AppliedView view, CallRequest request, Caller caller, long deadlineNanos) {
    NamespacePath path = NamespacePath.of(request.getCount().getPath());
    byte[] row = resolver.resolve(view, path, caller).existing();
    return CallResponse.newBuilder()
        .setCount(new SubtreeCounter(view, path, caller, deadlineNanos).count(row));
  }

  private static NamespacePath pathOrRoot(String path) {
    return path.isEmpty() ? NamespacePath.ROOT : NamespacePath.of(path);
  }
}

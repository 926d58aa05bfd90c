package io.cadastre.server.namespace;

import io.cadastre.core.api.RequestDigest;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.namespace.listing.ListService;
import io.cadastre.server.namespace.listing.Listing;
import io.cadastre.server.namespace.operation.CompleteFileOperation;
import io.cadastre.server.namespace.operation.CreateDirectoryOperation;
import io.cadastre.server.namespace.operation.CreateFileOperation;
import io.cadastre.server.namespace.operation.DeleteOperation;
import io.cadastre.server.namespace.operation.MountOperation;
import io.cadastre.server.namespace.operation.RenameOperation;
import io.cadastre.server.namespace.operation.SetAttributesOperation;
import io.cadastre.server.namespace.operation.SetPolicyOperation;
import io.cadastre.server.namespace.operation.StoreAccess;
import io.cadastre.server.namespace.operation.UnmountOperation;
import io.cadastre.server.namespace.operation.UnsetPolicyOperation;
import io.cadastre.server.namespace.operation.UpdateMountOperation;
import io.cadastre.server.transaction.Applied;
import io.cadastre.server.transaction.CallContext;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.ReadGate;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.Transactions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The front door of the namespace: reads from one view behind the read gate, mutations through
 * {@link Transactions}. Called on planner threads, never on the network's event loop; blocks on
 * nothing but the store's own reads.
 */
public final class NamespaceService {
  private final LeadershipSource leaderships;
  private final Transactions transactions;
  private final ReadGate gate;
  private final PathResolver resolver;
  private final StoreAccess stores;
  private final MountedFileSystems mounted;
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
      StoreAccess stores,
      MountedFileSystems mounted,
      ListService lists,
      Configuration configuration,
      Executor scans) {
    this.leaderships = leaderships;
    this.transactions = transactions;
    this.gate = gate;
    this.resolver = resolver;
    this.stores = stores;
    this.mounted = mounted;
    this.policies = new EffectivePolicies(configuration);
    this.scans = scans;
    this.lists = lists;
  }

  /** Opens a listing; close it. Called on a thread of the scan pool. */
  public CompletableFuture<Listing> list(ListRequest request, Caller caller, long deadlineNanos) {
    Leadership leadership = leaderships.require();
    return gate.pass(leadership, deadlineNanos)
        .thenApply(unused -> lists.open(request, caller, leadership.view(), leadership.term()));
  }

  /** Runs one call. The future fails with a {@link MetadataException} only. */
  public CompletableFuture<CallResponse.Builder> call(
      CallRequest request, Caller caller, long deadlineNanos) {
    try {
      Leadership leadership = leaderships.require();
      return switch (request.getOpCase()) {
        case GET_STATUS -> read(leadership, deadlineNanos, view -> status(view, request, caller));
        case EXISTS -> read(leadership, deadlineNanos, view -> exists(view, request, caller));
        case COUNT ->
            CompletableFuture.supplyAsync(
                    () ->
                        read(
                            leadership,
                            deadlineNanos,
                            view -> count(view, request, caller, deadlineNanos)),
                    scans)
                .thenCompose(future -> future);
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
    Operation operation = operation(request);
    if (!request.hasOperationId()) {
      throw MetadataException.invalid("operation_id", "every mutation needs one");
    }
    CallContext call =
        new CallContext(caller, request.getOperationId(), RequestDigest.of(request), deadlineNanos);
    leadership
        .operations()
        .acknowledge(request.getOperationId().getClient(), request.getAckedBelow());
    return transactions.run(leadership, call, operation).thenApply(NamespaceService::done);
  }

  private Operation operation(CallRequest request) {
    return switch (request.getOpCase()) {
      case CREATE_DIRECTORY ->
          new CreateDirectoryOperation(request.getCreateDirectory(), resolver, stores);
      case CREATE_FILE -> new CreateFileOperation(request.getCreateFile(), resolver, stores);
      case COMPLETE_FILE -> new CompleteFileOperation(request.getCompleteFile(), stores);
      case DELETE -> new DeleteOperation(request.getDelete(), stores);
      case RENAME -> new RenameOperation(request.getRename(), stores);
      case SET_ATTRIBUTES -> new SetAttributesOperation(request.getSetAttributes(), stores);
      case MOUNT -> new MountOperation(request.getMount(), mounted);
      case UPDATE_MOUNT -> new UpdateMountOperation(request.getUpdateMount());
      case UNMOUNT -> new UnmountOperation(request.getUnmount());
      case SET_POLICY -> new SetPolicyOperation(request.getSetPolicy());
      case UNSET_POLICY -> new UnsetPolicyOperation(request.getUnsetPolicy());
      default ->
          throw new MetadataException(
              ErrorCode.UNSUPPORTED,
              "This version does not know the operation " + request.getOpCase());
    };
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

  private CallResponse.Builder status(AppliedView view, CallRequest request, Caller caller) {
    NamespacePath path = NamespacePath.of(request.getGetStatus().getPath());
    Resolution resolution = resolver.resolve(view, path, caller);
    return CallResponse.newBuilder().setStatus(StatusReader.status(path, resolution.existing()));
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
    return CallResponse.newBuilder().setCount(SubtreeCounter.count(view, row, deadlineNanos));
  }

  private static NamespacePath pathOrRoot(String path) {
    return path.isEmpty() ? NamespacePath.ROOT : NamespacePath.of(path);
  }
}

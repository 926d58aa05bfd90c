package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.PathResolver;
import java.util.List;

/** From a request to its operation; checks what can be told from the request alone. Thread-safe. */
public final class OperationFactory {
  private final PathResolver resolver;
  private final StoreAccess stores;
  private final MountedFileSystems mounted;

  public OperationFactory(PathResolver resolver, StoreAccess stores, MountedFileSystems mounted) {
    this.resolver = resolver;
    this.stores = stores;
    this.mounted = mounted;
  }

  /**
   * The operation of a mutation.
   *
   * @throws MetadataException INVALID_ARGUMENT, INVALID_PATH, TOO_LARGE or UNSUPPORTED
   */
  public Operation of(CallRequest request) {
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
      case START_LOAD -> new StartLoadOperation(request.getStartLoad());
      case CANCEL_TASK -> new CancelTaskOperation(request.getCancelTask());
      default ->
          throw new MetadataException(
              ErrorCode.UNSUPPORTED,
              "This version does not know the operation " + request.getOpCase());
    };
  }

  /** The paths that a mutation is decided on, as far as they may lie in a store. */
  public static List<NamespacePath> changedPaths(CallRequest request) {
    return switch (request.getOpCase()) {
      case CREATE_DIRECTORY -> List.of(NamespacePath.of(request.getCreateDirectory().getPath()));
      case CREATE_FILE -> List.of(NamespacePath.of(request.getCreateFile().getPath()));
      case DELETE ->
          request.getDelete().getCadastreOnly()
              ? List.of()
              : List.of(NamespacePath.of(request.getDelete().getPath()));
      case RENAME ->
          List.of(
              NamespacePath.of(request.getRename().getSource()),
              NamespacePath.of(request.getRename().getDestination()));
      case SET_ATTRIBUTES -> List.of(NamespacePath.of(request.getSetAttributes().getPath()));
      default -> List.of();
    };
  }
}

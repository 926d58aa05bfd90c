package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.CallRequest;

/** How calls are named in the audit log and in metrics, and the path they are about. */
final class CallNames {
  private CallNames() {}

  static String path(CallRequest request) {
    return switch (request.getOpCase()) {
      case GET_STATUS -> request.getGetStatus().getPath();
      case EXISTS -> request.getExists().getPath();
      case COUNT -> request.getCount().getPath();
      case CREATE_DIRECTORY -> request.getCreateDirectory().getPath();
      case CREATE_FILE -> request.getCreateFile().getPath();
      case COMPLETE_FILE -> request.getCompleteFile().getPath();
      case DELETE -> request.getDelete().getPath();
      case RENAME -> request.getRename().getSource();
      case SET_ATTRIBUTES -> request.getSetAttributes().getPath();
      case MOUNT -> request.getMount().getPath();
      case UPDATE_MOUNT -> request.getUpdateMount().getPath();
      case UNMOUNT -> request.getUnmount().getPath();
      case SET_POLICY -> request.getSetPolicy().getPath();
      case UNSET_POLICY -> request.getUnsetPolicy().getPath();
      case LIST_POLICIES -> request.getListPolicies().getPath();
      case EFFECTIVE_POLICY -> request.getEffectivePolicy().getPath();
      case START_LOAD -> request.getStartLoad().getPath();
      case CANCEL_TASK -> "task=" + request.getCancelTask().getTaskId();
      case LIST_MOUNTS, LIST_TASKS, OP_NOT_SET -> "";
    };
  }

  /** Where a rename leads; null of other calls. */
  static String destination(CallRequest request) {
    return request.hasRename() ? request.getRename().getDestination() : null;
  }
}

package io.cadastre.client;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.CancelTask;
import io.cadastre.core.api.proto.CompleteFile;
import io.cadastre.core.api.proto.Count;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.CreateFile;
import io.cadastre.core.api.proto.Delete;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.EffectivePolicy;
import io.cadastre.core.api.proto.EffectiveProperties;
import io.cadastre.core.api.proto.Exists;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.GetStatus;
import io.cadastre.core.api.proto.ListMounts;
import io.cadastre.core.api.proto.ListPolicies;
import io.cadastre.core.api.proto.ListTasks;
import io.cadastre.core.api.proto.Mount;
import io.cadastre.core.api.proto.MountOption;
import io.cadastre.core.api.proto.MountTable;
import io.cadastre.core.api.proto.Policies;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.api.proto.Rename;
import io.cadastre.core.api.proto.SetPolicy;
import io.cadastre.core.api.proto.StartLoad;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.api.proto.Unmount;
import io.cadastre.core.api.proto.UnsetPolicy;
import io.cadastre.core.api.proto.UpdateMount;
import io.cadastre.core.inode.proto.Xattr;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One operation on the namespace, not yet sent: what {@link MetadataClient#submit} and {@link
 * MetadataClient#batch} take. Immutable; may be submitted many times, each time as a new logical
 * call. Paths are checked by the master.
 *
 * @param <T> the kind of its answer
 */
public final class Operation<T> {
  private final CallRequest request;
  private final boolean mutation;
  private final CallResponse.ResultCase expected;
  private final Function<CallResponse, T> reader;

  private Operation(
      CallRequest.Builder request,
      boolean mutation,
      CallResponse.ResultCase expected,
      Function<CallResponse, T> reader) {
    this.request = request.build();
    this.mutation = mutation;
    this.expected = expected;
    this.reader = reader;
  }

  public static Operation<FileStatus> getStatus(String path, ReadOptions options) {
    GetStatus get = GetStatus.newBuilder().setPath(path).setSync(options.toProto()).build();
    return read(
        reading(options).setGetStatus(get),
        CallResponse.ResultCase.STATUS,
        CallResponse::getStatus);
  }

  public static Operation<Boolean> exists(String path, ReadOptions options) {
    Exists exists = Exists.newBuilder().setPath(path).setSync(options.toProto()).build();
    return read(
        reading(options).setExists(exists),
        CallResponse.ResultCase.EXISTS,
        CallResponse::getExists);
  }

  public static Operation<CountResult> count(String path, ReadOptions options) {
    Count count = Count.newBuilder().setPath(path).setSync(options.toProto()).build();
    return read(
        reading(options).setCount(count), CallResponse.ResultCase.COUNT, CallResponse::getCount);
  }

  public static Operation<Done> createDirectory(String path, DirectoryOptions options) {
    CreateDirectory.Builder create =
        CreateDirectory.newBuilder()
            .setPath(path)
            .setParents(options.parents())
            .addAllXattrs(toProto(options.xattrs()));
    options.mode().ifPresent(create::setMode);
    return mutation(CallRequest.newBuilder().setCreateDirectory(create));
  }

  public static Operation<Done> createFile(String path, FileOptions options) {
    CreateFile.Builder create =
        CreateFile.newBuilder()
            .setPath(path)
            .setParents(options.parents())
            .setComplete(options.complete())
            .addAllXattrs(toProto(options.xattrs()));
    options.mode().ifPresent(create::setMode);
    return mutation(CallRequest.newBuilder().setCreateFile(create));
  }

  public static Operation<Done> completeFile(String path, CompleteOptions options) {
    CompleteFile.Builder complete =
        CompleteFile.newBuilder().setPath(path).setInodeId(options.inodeId());
    options.size().ifPresent(complete::setSize);
    return mutation(CallRequest.newBuilder().setCompleteFile(complete));
  }

  public static Operation<Done> delete(String path, DeleteOptions options) {
    return mutation(
        CallRequest.newBuilder()
            .setDelete(
                Delete.newBuilder()
                    .setPath(path)
                    .setRecursive(options.recursive())
                    .setCadastreOnly(options.cadastreOnly())
                    .setUnchecked(options.unchecked())
                    .setInodeId(options.inodeId())));
  }

  /**
   * @param overwrite replace an existing file (or an empty directory by a directory)
   */
  public static Operation<Done> rename(String source, String destination, boolean overwrite) {
    return mutation(
        CallRequest.newBuilder()
            .setRename(
                Rename.newBuilder()
                    .setSource(source)
                    .setDestination(destination)
                    .setOverwrite(overwrite)));
  }

  public static Operation<Done> setAttributes(String path, AttributeChanges changes) {
    return mutation(CallRequest.newBuilder().setSetAttributes(changes.toProto(path)));
  }

  public static Operation<Done> mount(String path, String storeUri, MountOptions options) {
    return mutation(
        CallRequest.newBuilder()
            .setMount(
                Mount.newBuilder()
                    .setPath(path)
                    .setStoreUri(storeUri)
                    .setWritable(options.writable())
                    .setShared(options.shared())
                    .addAllOptions(mountOptions(options.properties()))));
  }

  public static Operation<Done> updateMount(String path, MountChanges changes) {
    UpdateMount.Builder update =
        UpdateMount.newBuilder()
            .setPath(path)
            .addAllSetOptions(mountOptions(changes.set()))
            .addAllRemoveOptions(changes.remove());
    changes.writable().ifPresent(update::setWritable);
    return mutation(CallRequest.newBuilder().setUpdateMount(update));
  }

  public static Operation<Done> unmount(String path) {
    return mutation(CallRequest.newBuilder().setUnmount(Unmount.newBuilder().setPath(path)));
  }

  public static Operation<MountTable> listMounts() {
    return read(
        CallRequest.newBuilder().setListMounts(ListMounts.getDefaultInstance()),
        CallResponse.ResultCase.MOUNTS,
        CallResponse::getMounts);
  }

  /** Sets these properties of the path's policy, value by key; other properties stay. */
  public static Operation<Done> setPolicy(String path, Map<String, String> properties) {
    SetPolicy.Builder set = SetPolicy.newBuilder().setPath(path);
    properties.forEach(
        (key, value) -> set.addProperties(Property.newBuilder().setKey(key).setValue(value)));
    return mutation(CallRequest.newBuilder().setSetPolicy(set));
  }

  /** Removes these properties of the path's policy; no keys: all of them. */
  public static Operation<Done> unsetPolicy(String path, Collection<String> keys) {
    return mutation(
        CallRequest.newBuilder()
            .setUnsetPolicy(UnsetPolicy.newBuilder().setPath(path).addAllKeys(keys)));
  }

  /** Policies at or below the path; empty: all. */
  public static Operation<Policies> listPolicies(String path) {
    return read(
        CallRequest.newBuilder().setListPolicies(ListPolicies.newBuilder().setPath(path)),
        CallResponse.ResultCase.POLICIES,
        CallResponse::getPolicies);
  }

  /** The values in force for a path, and where each comes from. */
  public static Operation<EffectiveProperties> effectivePolicy(String path) {
    return read(
        CallRequest.newBuilder().setEffectivePolicy(EffectivePolicy.newBuilder().setPath(path)),
        CallResponse.ResultCase.EFFECTIVE,
        CallResponse::getEffective);
  }

  /** A load in the background; its id is in the answer. It cannot be a dry run. */
  public static Operation<Done> startLoad(String path, LoadOptions options) {
    Checks.require(!options.dryRun(), "dryRun", "a load in the background cannot be a dry run");
    return mutation(
        CallRequest.newBuilder()
            .setStartLoad(
                StartLoad.newBuilder()
                    .setPath(path)
                    .setRecursive(options.recursive())
                    .setForce(options.force())
                    .setOverrideGuard(options.overrideGuard())));
  }

  /** Stops a load in the background; `changed` is false if it had ended. */
  public static Operation<Done> cancelTask(long taskId) {
    return mutation(
        CallRequest.newBuilder().setCancelTask(CancelTask.newBuilder().setTaskId(taskId)));
  }

  /**
   * Loads that wait, run or have ended, schedules, and mounts whose deletes are held back.
   *
   * @param taskId one load in the background, with its failures; 0: all
   * @param endedMax at most this many that have ended, the newest; 0: all that are kept
   */
  public static Operation<TaskList> listTasks(long taskId, int endedMax) {
    return read(
        CallRequest.newBuilder()
            .setListTasks(ListTasks.newBuilder().setTaskId(taskId).setEndedMax(endedMax)),
        CallResponse.ResultCase.TASKS,
        CallResponse::getTasks);
  }

  /** The request with its `op` and read level; id, caller and times are the sender's. */
  CallRequest request() {
    return request;
  }

  /** Whether it changes something, and so needs an operation id and may end unknown. */
  public boolean mutation() {
    return mutation;
  }

  /** The value of an answer; empty if the answer is of another kind than the operation. */
  Optional<T> read(CallResponse response) {
    return response.getResultCase() == expected
        ? Optional.of(reader.apply(response))
        : Optional.empty();
  }

  static List<Xattr> toProto(Map<String, ByteString> xattrs) {
    return xattrs.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(x -> Xattr.newBuilder().setName(x.getKey()).setValue(x.getValue()).build())
        .toList();
  }

  @Override
  public String toString() {
    return "Operation[" + request.getOpCase() + "]";
  }

  private static List<MountOption> mountOptions(Map<String, String> options) {
    return options.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(o -> MountOption.newBuilder().setName(o.getKey()).setValue(o.getValue()).build())
        .toList();
  }

  private static CallRequest.Builder reading(ReadOptions options) {
    return CallRequest.newBuilder()
        .setReadLevel(options.readLevel())
        .setBoundMillis(options.boundMillis());
  }

  private static <T> Operation<T> read(
      CallRequest.Builder request,
      CallResponse.ResultCase expected,
      Function<CallResponse, T> reader) {
    return new Operation<>(request, false, expected, reader);
  }

  private static Operation<Done> mutation(CallRequest.Builder request) {
    return new Operation<>(request, true, CallResponse.ResultCase.DONE, CallResponse::getDone);
  }
}

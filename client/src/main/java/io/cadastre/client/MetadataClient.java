package io.cadastre.client;

import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.EffectiveProperties;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.MountTable;
import io.cadastre.core.api.proto.Policies;
import io.cadastre.core.api.proto.TaskList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A client of a Cadastre cluster: finds the leading master, keeps one pipelined stream to it,
 * repeats what may be repeated within a call's time, and gives each logical call one operation id,
 * so that a repeated mutation changes nothing twice.
 *
 * <p>Methods block; {@link #async()} has the same calls as futures; {@link #submit} and {@link
 * #batch} take {@link Operation}s. All are safe for use by many threads; one client per process is
 * enough. Errors are {@link io.cadastre.core.error.MetadataException}s. OUTCOME_UNKNOWN means that
 * a mutation may or may not have taken effect when its time ran out.
 *
 * <p>{@link #withTimeout} and the like give views that share this client's connections; only the
 * client that {@link MetadataClientBuilder#build} returned closes them.
 */
public final class MetadataClient implements AutoCloseable {
  private final CallEngine engine;
  private final CallSettings call;
  private final boolean owner;

  private MetadataClient(CallEngine engine, CallSettings call, boolean owner) {
    this.engine = engine;
    this.call = call;
    this.owner = owner;
  }

  public static MetadataClientBuilder builder() {
    return new MetadataClientBuilder();
  }

  /** A view whose calls may take this long, retries included. */
  public MetadataClient withTimeout(Duration timeout) {
    ClientSettings.positive(timeout, "timeout");
    return view(call.withTimeout(timeout));
  }

  /** A view that calls as somebody else. */
  public MetadataClient withCaller(CallerIdentity caller) {
    return view(call.withCaller(caller));
  }

  /**
   * A view that sends each call once, if {@code retries} is false, and gives its error as it is.
   */
  public MetadataClient withRetries(boolean retries) {
    return view(call.withRetries(retries));
  }

  /** A view that sends all calls to this master (host:port), leader or not, and never elsewhere. */
  public MetadataClient pinnedTo(String master) {
    return view(call.withPin(engine.master(master)));
  }

  /** The same calls as futures. */
  public AsyncMetadata async() {
    return new AsyncMetadata(this);
  }

  /** The calls of operators: members, journal, reports. */
  public AdminClient admin() {
    return new AdminClient(engine, call);
  }

  /** The newest state index that any answer to this client carried; 0 before the first one. */
  public long lastSeenIndex() {
    return engine.lastSeenIndex();
  }

  /**
   * Sends an operation. The future completes as {@link AsyncMetadata} says; with more than {@link
   * MetadataClientBuilder#maxOutstanding} calls unanswered it fails with BUSY and nothing is sent.
   */
  public <T> CompletableFuture<Answer<T>> submit(Operation<T> operation) {
    return engine.submit(operation, call);
  }

  /**
   * Sends many operations together, in order, in as few frames as possible. Not atomic: each has
   * its own answer, at its place in the list, and is repeated by itself, so that after a failover
   * the order between two of them is not kept. Use one after the other where one needs another.
   */
  public <T> List<CompletableFuture<Answer<T>>> batch(List<Operation<T>> operations) {
    List<CompletableFuture<Answer<T>>> answers = new ArrayList<>(operations.size());
    for (Operation<T> operation : operations) {
      answers.add(submit(operation));
    }
    return answers;
  }

  /** Sends an operation and waits for its answer. Not from a callback on the I/O thread. */
  public <T> Answer<T> call(Operation<T> operation) {
    return engine.await(operation, call);
  }

  public Answer<FileStatus> getStatus(String path) {
    return getStatus(path, ReadOptions.DEFAULT);
  }

  public Answer<FileStatus> getStatus(String path, ReadOptions options) {
    return call(Operation.getStatus(path, options));
  }

  public Answer<Boolean> exists(String path) {
    return exists(path, ReadOptions.DEFAULT);
  }

  public Answer<Boolean> exists(String path, ReadOptions options) {
    return call(Operation.exists(path, options));
  }

  /**
   * Counts what is known below a path, itself included. PERMISSION_DENIED if the caller may not
   * list one of its directories.
   */
  public Answer<CountResult> count(String path) {
    return count(path, ReadOptions.DEFAULT);
  }

  public Answer<CountResult> count(String path, ReadOptions options) {
    return call(Operation.count(path, options));
  }

  public Answer<Done> createDirectory(String path) {
    return createDirectory(path, DirectoryOptions.DEFAULT);
  }

  public Answer<Done> createDirectory(String path, DirectoryOptions options) {
    return call(Operation.createDirectory(path, options));
  }

  public Answer<Done> createFile(String path) {
    return createFile(path, FileOptions.DEFAULT);
  }

  public Answer<Done> createFile(String path, FileOptions options) {
    return call(Operation.createFile(path, options));
  }

  public Answer<Done> completeFile(String path, CompleteOptions options) {
    return call(Operation.completeFile(path, options));
  }

  public Answer<Done> delete(String path, DeleteOptions options) {
    return call(Operation.delete(path, options));
  }

  /**
   * @param overwrite replace an existing file (or an empty directory by a directory)
   */
  public Answer<Done> rename(String source, String destination, boolean overwrite) {
    return call(Operation.rename(source, destination, overwrite));
  }

  public Answer<Done> setAttributes(String path, AttributeChanges changes) {
    return call(Operation.setAttributes(path, changes));
  }

  public Answer<Done> mount(String path, String storeUri, MountOptions options) {
    return call(Operation.mount(path, storeUri, options));
  }

  public Answer<Done> updateMount(String path, MountChanges changes) {
    return call(Operation.updateMount(path, changes));
  }

  public Answer<Done> unmount(String path) {
    return call(Operation.unmount(path));
  }

  public Answer<MountTable> listMounts() {
    return call(Operation.listMounts());
  }

  public Answer<Done> setPolicy(String path, Map<String, String> properties) {
    return call(Operation.setPolicy(path, properties));
  }

  /** Removes these properties of the path's policy; no keys: all of them. */
  public Answer<Done> unsetPolicy(String path, Collection<String> keys) {
    return call(Operation.unsetPolicy(path, keys));
  }

  /** Policies at or below the path; empty path: all. */
  public Answer<Policies> listPolicies(String path) {
    return call(Operation.listPolicies(path));
  }

  /** The values in force for a path, and where each comes from. */
  public Answer<EffectiveProperties> effectivePolicy(String path) {
    return call(Operation.effectivePolicy(path));
  }

  /**
   * Lists a directory (a file lists as itself), page by page. Pages are fetched as they are read,
   * so that memory stays flat however large the directory is. Close it. The call's timeout holds
   * for each page.
   */
  public ListStream list(String path, ListOptions options) {
    return new ListStream(engine, call, path, options);
  }

  public ListStream list(String path) {
    return list(path, ListOptions.DEFAULT);
  }

  /**
   * Loads a path's metadata from its store. Blocks until done: the call's timeout holds for finding
   * the leader and beginning, then it is waited for as long as its master says that it leads. When
   * the load breaks off, what it did stays; UNAVAILABLE says so. A summary that carries an error is
   * told to {@code progress}, then thrown.
   *
   * @param progress told of each message from the master, the last one too, on the calling thread
   * @return the last message: finished, with counts and the first failures
   */
  public LoadMetadataProgress loadMetadata(
      String path, LoadOptions options, Consumer<LoadMetadataProgress> progress) {
    return new LoadMetadataCall(engine, call, path, options).run(progress);
  }

  /** Begins a load in the background, which goes on whoever leads; its id is in the answer. */
  public Answer<Done> startLoad(String path, LoadOptions options) {
    return call(Operation.startLoad(path, options));
  }

  /** Stops a load in the background; what it did stays. */
  public Answer<Done> cancelTask(long taskId) {
    return call(Operation.cancelTask(taskId));
  }

  /**
   * Loads that wait, run or have ended, schedules, and mounts whose deletes are held back.
   *
   * @param taskId one load in the background, with its failures; 0: all
   * @param endedMax at most this many that have ended, the newest; 0: all that are kept
   */
  public Answer<TaskList> listTasks(long taskId, int endedMax) {
    return call(Operation.listTasks(taskId, endedMax));
  }

  /**
   * Compares the namespace with the store and changes neither. Blocks until done, as {@link
   * #loadMetadata} does; the master waits for the reader, so that memory stays flat on both sides.
   * PERMISSION_DENIED if the caller may not list the path, or is no super-user and asks for a
   * subtree, or for a path that was not loaded.
   *
   * @param recursive the whole subtree, not only the path and its children
   * @param differences told of each difference, on the calling thread
   * @return counts, and the first failures: what they name could not be compared
   */
  public LoadMetadataProgress diff(
      String path, boolean recursive, Consumer<Difference> differences) {
    return new DiffCall(engine, call, path, recursive).run(differences);
  }

  /** Closes the connections; calls under way fail, mutations that were sent as OUTCOME_UNKNOWN. */
  @Override
  public void close() {
    if (owner) {
      engine.close();
    }
  }

  private MetadataClient view(CallSettings settings) {
    return new MetadataClient(engine, settings, false);
  }

  static MetadataClient open(ClientSettings settings) {
    CallSettings call =
        new CallSettings(
            settings.caller().toProto(), settings.callTimeout(), settings.retry().enabled(), null);
    return new MetadataClient(new CallEngine(settings), call, true);
  }
}

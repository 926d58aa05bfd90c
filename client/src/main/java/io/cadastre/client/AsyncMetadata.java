package io.cadastre.client;

import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.EffectiveProperties;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.MountTable;
import io.cadastre.core.api.proto.Policies;
import io.cadastre.core.api.proto.TaskList;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of {@link MetadataClient} as futures: {@code client.async()}. A future fails with a
 * {@link io.cadastre.core.error.MetadataException}. It completes on the client's I/O thread, where
 * a callback must not block, unless the client has a callback executor. Cancelling a future does
 * not take a sent call back.
 */
public final class AsyncMetadata {
  private final MetadataClient client;

  AsyncMetadata(MetadataClient client) {
    this.client = client;
  }

  public CompletableFuture<Answer<FileStatus>> getStatus(String path, ReadOptions options) {
    return client.submit(Operation.getStatus(path, options));
  }

  public CompletableFuture<Answer<FileStatus>> getStatus(String path) {
    return getStatus(path, ReadOptions.DEFAULT);
  }

  public CompletableFuture<Answer<Boolean>> exists(String path, ReadOptions options) {
    return client.submit(Operation.exists(path, options));
  }

  public CompletableFuture<Answer<CountResult>> count(String path, ReadOptions options) {
    return client.submit(Operation.count(path, options));
  }

  public CompletableFuture<Answer<Done>> createDirectory(String path, DirectoryOptions options) {
    return client.submit(Operation.createDirectory(path, options));
  }

  public CompletableFuture<Answer<Done>> createFile(String path, FileOptions options) {
    return client.submit(Operation.createFile(path, options));
  }

  public CompletableFuture<Answer<Done>> completeFile(String path, CompleteOptions options) {
    return client.submit(Operation.completeFile(path, options));
  }

  public CompletableFuture<Answer<Done>> delete(String path, DeleteOptions options) {
    return client.submit(Operation.delete(path, options));
  }

  public CompletableFuture<Answer<Done>> rename(
      String source, String destination, boolean overwrite) {
    return client.submit(Operation.rename(source, destination, overwrite));
  }

  public CompletableFuture<Answer<Done>> setAttributes(String path, AttributeChanges changes) {
    return client.submit(Operation.setAttributes(path, changes));
  }

  public CompletableFuture<Answer<Done>> mount(String path, String uri, MountOptions options) {
    return client.submit(Operation.mount(path, uri, options));
  }

  public CompletableFuture<Answer<Done>> updateMount(String path, MountChanges changes) {
    return client.submit(Operation.updateMount(path, changes));
  }

  public CompletableFuture<Answer<Done>> unmount(String path) {
    return client.submit(Operation.unmount(path));
  }

  public CompletableFuture<Answer<MountTable>> listMounts() {
    return client.submit(Operation.listMounts());
  }

  public CompletableFuture<Answer<Done>> setPolicy(String path, Map<String, String> properties) {
    return client.submit(Operation.setPolicy(path, properties));
  }

  public CompletableFuture<Answer<Done>> unsetPolicy(String path, Collection<String> keys) {
    return client.submit(Operation.unsetPolicy(path, keys));
  }

  public CompletableFuture<Answer<Policies>> listPolicies(String path) {
    return client.submit(Operation.listPolicies(path));
  }

  public CompletableFuture<Answer<EffectiveProperties>> effectivePolicy(String path) {
    return client.submit(Operation.effectivePolicy(path));
  }

  public CompletableFuture<Answer<Done>> startLoad(String path, LoadOptions options) {
    return client.submit(Operation.startLoad(path, options));
  }

  public CompletableFuture<Answer<Done>> cancelTask(long taskId) {
    return client.submit(Operation.cancelTask(taskId));
  }

  public CompletableFuture<Answer<TaskList>> listTasks(long taskId, int endedMax) {
    return client.submit(Operation.listTasks(taskId, endedMax));
  }
}

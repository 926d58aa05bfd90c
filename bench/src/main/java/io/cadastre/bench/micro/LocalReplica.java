package io.cadastre.bench.micro;

import com.google.protobuf.UnsafeByteOperations;
import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.CreateFile;
import io.cadastre.core.api.proto.Rename;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.namespace.operation.CreateDirectoryOperation;
import io.cadastre.server.namespace.operation.CreateFileOperation;
import io.cadastre.server.namespace.operation.RenameOperation;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.InodeIdAllocator;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A master's store, applier, cache and planner, without Raft, locks and network. For one thread.
 */
final class LocalReplica implements AutoCloseable {
  private static final long TERM = 1;
  private static final long NOW = 1_780_000_000_000L;

  private final Path directory;
  private final RocksInodeStore store;
  private final ApplyEngine engine;
  private final PathResolver resolver;
  private final Caller caller = Caller.system("bench");
  private final InodeIdAllocator ids = new InodeIdAllocator(InodeRow.ROOT_ID + 1);
  private long index;

  LocalReplica() throws IOException {
    this(StoreSettings.defaults());
  }

  LocalReplica(StoreSettings settings) throws IOException {
    directory = Files.createTempDirectory("cadastre-micro");
    store = RocksInodeStore.open(directory, settings);
    engine =
        new ApplyEngine(
            store,
            "m1",
            (entries, operations, bytes, nanos) -> {},
            cause -> {
              throw new IllegalStateException(cause);
            });
    DirectoryCache cache = new DirectoryCache(100_000);
    engine.addListener(
        (changes, stateIndex) ->
            changes
                .directoryEdges()
                .forEach(
                    edge ->
                        cache.invalidate(
                            edge.parentId(), KeyLayout.text(edge.name()), stateIndex)));
    resolver = new PathResolver(cache);
    InodeBody root =
        InodeBody.newBuilder()
            .setId(InodeRow.ROOT_ID)
            .setKind(InodeKind.DIRECTORY)
            .setMode(0755)
            .setOwner("root")
            .setGroup("root")
            .build();
    JournalRecord init =
        JournalRecord.newBuilder()
            .setInitCluster(
                InitCluster.newBuilder()
                    .setClusterId("bench")
                    .setRootRow(UnsafeByteOperations.unsafeWrap(InodeRow.encode(NOW, NOW, root)))
                    .setFormatLevel(FormatVersion.LEVEL)
                    .setRecoveryEpoch(1))
            .build();
    apply(List.of(PlannedOperation.newBuilder().addRecords(init).build())).join();
  }

  Operation createFile(String path) {
    return new CreateFileOperation(
        CreateFile.newBuilder().setPath(path).setComplete(true).build(), resolver, null);
  }

  Operation rename(String from, String to) {
    return new RenameOperation(
        Rename.newBuilder().setSource(from).setDestination(to).build(), null);
  }

  Operation createDirectory(String path) {
    return new CreateDirectoryOperation(
        CreateDirectory.newBuilder().setPath(path).setParents(true).build(), resolver, null);
  }

  /** Plans operations on the newest state. */
  List<PlannedOperation> plan(List<Operation> operations) {
    List<PlannedOperation> planned = new ArrayList<>(operations.size());
    try (AppliedView view = engine.view()) {
      for (Operation operation : operations) {
        operation.locks(view);
        Plan plan = operation.plan(new PlanContext(view, resolver, caller, NOW, ids));
        if (!(plan instanceof Plan.Commit commit)) {
          throw new IllegalStateException("not a commit: " + plan);
        }
        planned.add(PlannedOperation.newBuilder().addAllRecords(commit.records()).build());
      }
    }
    return planned;
  }

  /** Applies them as one entry. */
  CompletableFuture<Void> apply(List<PlannedOperation> operations) {
    JournalEntry entry =
        JournalEntry.newBuilder()
            .setFormat(FormatVersion.ENTRY)
            .setPlannedTerm(TERM)
            .setClusterMillis(NOW)
            .addAllOperations(operations)
            .build();
    return engine.apply(TERM, index++, entry, null);
  }

  /** The newest state; close it. */
  AppliedView view() {
    return engine.view();
  }

  Resolution resolve(NamespacePath path) {
    try (AppliedView view = engine.view()) {
      return resolver.resolve(view, path, caller);
    }
  }

  @Override
  public void close() {
    engine.close();
    store.close();
    ProcessCluster.deleteTree(directory);
  }
}

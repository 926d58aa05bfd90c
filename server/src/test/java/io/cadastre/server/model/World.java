package io.cadastre.server.model;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.bootstrap.InProcessMaster;
import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A cluster with its real stores beside the plain namespace with its plain ones, and what all parts
 * of a run share. Used by the run's thread.
 */
final class World implements AutoCloseable {
  static final long PATIENCE_NANOS = SECONDS.toNanos(90);
  private static final long POLL_NANOS = MILLISECONDS.toNanos(2);

  final Namespace namespace = Scenario.initial();
  final Map<StoreModel, MemoryStore> stores = new LinkedHashMap<>();
  final Invariants invariants = new Invariants();
  final History history = new History();
  final Cluster cluster;
  final MetadataClient client;
  final OwnCalls own;

  /** What was compared with the writable store, as far as it matters for what is due. */
  Marks marks = Marks.NONE;

  /** Of how many steps changes were given up. */
  int changesGivenUp;

  World(long seed, Path directory, PlantedBug bug) {
    for (StoreModel store : namespace.stores.values()) {
      String name = "model-" + seed + "-" + System.nanoTime() + store.mountPoint.substring(1);
      stores.put(store, MemoryStore.named(name).clock(() -> store.nowMillis));
    }
    this.cluster = new Cluster(directory, bug);
    this.client = cluster.client();
    this.own = new OwnCalls(cluster.addresses(), seed | 1L << 40, history::note);
  }

  /** The store in which a path lies. */
  MemoryStore store(String path) {
    return stores.get(namespace.storeOf(path));
  }

  /** The time of stores goes on. */
  void tick() {
    stores.keySet().forEach(store -> store.nowMillis += 1_000);
  }

  /** Mounts the stores, and looks at what the cluster makes by itself. */
  void mountStores() {
    stores.forEach(
        (store, memory) ->
            client.mount(
                store.mountPoint, memory.uri(), MountOptions.DEFAULT.withWritable(store.writable)));
    adopt("/", namespace.root);
    for (StoreModel store : stores.keySet()) {
      adopt(store.mountPoint, namespace.find(store.mountPoint));
    }
  }

  private void adopt(String path, Inode node) {
    FileStatus status = client.getStatus(path).value();
    invariants.knownId(node, status.getId());
    node.owner = status.getOwner();
    node.group = status.getGroup();
    node.mode = status.getMode();
  }

  /** Whether an error may be gone when the cluster has a leader again. */
  static boolean isPassing(ErrorCode code) {
    return code.fault() == ErrorCode.Fault.CLUSTER
        || code == ErrorCode.STORE_UNAVAILABLE
        || code == ErrorCode.VIEW_EXPIRED;
  }

  /**
   * The marks of the leader once no change of a store is open and, if anything is due, no mark
   * waits to be journaled.
   */
  Marks settledMarks() {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    Optional<Marks> marks = cluster.askLeader(this::marksOf);
    while (marks.isEmpty()) {
      checkHalted();
      invariants.check(
          Invariant.NOTHING_LEFT,
          System.nanoTime() - giveUp < 0,
          "no leader has settled all changes of stores");
      LockSupport.parkNanos(POLL_NANOS);
      marks = cluster.askLeader(this::marksOf);
    }
    return marks.get();
  }

  /** No master has stopped by itself. */
  void checkHalted() {
    invariants.check(
        Invariant.MASTERS, cluster.halted.isEmpty(), String.join("; ", cluster.halted));
  }

  /** Marks go on while anything is due. */
  void refreshMarks() {
    if (marks.outstanding()) {
      marks = settledMarks();
    }
  }

  private Optional<Marks> marksOf(InProcessMaster master) {
    // Asked first: a mark that is journaled between the two questions is read.
    int waiting = master.marksWaiting();
    return master
        .look(
            view -> {
              try (RowCursor intents = view.scan(Family.INTENTS, new byte[0], null)) {
                return intents.valid() || view.stateIndex() < invariants.newestIndex()
                    ? Optional.<Marks>empty()
                    : Optional.of(Marks.read(view, namespace, Scenario.WRITABLE));
              }
            })
        .flatMap(marks -> marks)
        .filter(marks -> waiting == 0 || !marks.outstanding());
  }

  @Override
  public void close() {
    own.close();
    client.close();
    cluster.close();
    stores.values().forEach(store -> MemoryStore.forget(store.uri().split("/", -1)[2]));
  }
}

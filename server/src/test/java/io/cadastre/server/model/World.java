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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A cluster with its real stores beside the plain namespace with its plain ones, and what all parts
 * of a run share. Used by the run's thread.
 */
final class World implements AutoCloseable {
  /** Longer than any call waits. */
  static final long PATIENCE_NANOS = Cluster.PATIENCE.toNanos() + SECONDS.toNanos(30);

  private static final long POLL_NANOS = MILLISECONDS.toNanos(2);

  final Namespace namespace = Scenario.initial();
  final Map<StoreModel, MemoryStore> stores = new LinkedHashMap<>();
  final Invariants invariants = new Invariants();
  final History history = new History();
  final Cluster cluster;
  final MetadataClient client;
  final OwnCalls own;

  private Marks marks = Marks.NONE;
  private boolean marksAreOld;

  /** Directories that were moved since the marks were read: an invalidation goes with them. */
  private final Set<Long> moved = new HashSet<>();

  /** In which this step began; unknown if a fault was under way then. */
  long term = AbsentPaths.UNKNOWN_TERM;

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
   * What a step on these paths must know of marks: none if they lie on no mount, so that such a
   * step does not wait for a leader before it begins.
   */
  Marks marksFor(List<String> paths) {
    if (paths.stream().allMatch(path -> namespace.storeOf(path) == null)) {
      return Marks.NONE;
    }
    if (marksAreOld && marks.matter()) {
      readMarks();
    }
    return marks;
  }

  /** The marks as they were read last. */
  Marks lastMarks() {
    return marks;
  }

  /** A step may have changed marks. */
  void marksAreOld() {
    marksAreOld = true;
  }

  /** A directory has another way up by now. */
  void moved(Inode directory) {
    moved.add(directory.id);
  }

  /** Reads marks after a step that may not have given up any change. */
  void readMarks() {
    Marks read = settledMarks();
    Set<String> unexplained = read.invalidatedSince(marks, moved);
    invariants.check(Invariant.INVALIDATIONS, unexplained.isEmpty(), unexplained.toString());
    useMarks(read);
  }

  /** These are what the next step begins with. */
  void useMarks(Marks read) {
    marks = read;
    marksAreOld = false;
    moved.clear();
  }

  /**
   * The marks of the leader once no change of a store is open and, if anything was ever given up,
   * no mark waits to be journaled.
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

  private Optional<Marks> marksOf(InProcessMaster master) {
    // Asked first: a mark that is journaled between the two questions is read.
    long term = master.leadingTerm();
    int waiting = master.marksWaiting();
    return master
        .look(
            view -> {
              try (RowCursor intents = view.scan(Family.INTENTS, new byte[0], null)) {
                return intents.valid() || view.stateIndex() < invariants.newestIndex()
                    ? Optional.<Marks>empty()
                    : Optional.of(Marks.read(view, namespace));
              }
            })
        .flatMap(read -> read)
        .filter(read -> !read.matter() || waiting == 0)
        // Of a leader that has just gone, a mark may still be on its way.
        .filter(read -> term != 0 && master.leadingTerm() == term);
  }

  @Override
  public void close() {
    own.close();
    client.close();
    cluster.close();
    stores.values().forEach(store -> MemoryStore.forget(store.uri().split("/", -1)[2]));
  }
}

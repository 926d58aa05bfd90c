package io.cadastre.journal.apply;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies committed entries, in log order, on one thread: drains what has queued up into one write
 * batch that also holds the new applied term-index, writes it, tells the listeners, publishes the
 * new view, and completes the waiting futures. The same code runs on every replica; on the leader
 * an entry comes with its {@link PendingEntry}.
 *
 * <p>The queue is bounded: a slow store makes the log's own updater wait. Any failure here ends the
 * process through {@code fatal}: a replica that cannot apply must not go on.
 */
public final class ApplyEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApplyEngine.class);
  private static final int QUEUE_ENTRIES = 256;
  private static final int BATCH_ENTRIES = 64;
  private static final long BATCH_BYTES = 8L << 20;
  private static final int QUEUE_BYTES = 32 << 20;
  private static final long WAIT_MILLIS = 100;
  private static final long STOP_MILLIS = 30_000;

  private final RocksInodeStore store;
  private final ClusterState state;
  private final StoreBatch batch;
  private final RecordApplier applier;
  private final AnswerWindows answers;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUE_ENTRIES);
  private final Semaphore room = new Semaphore(QUEUE_BYTES);
  private final List<AppliedListener> listeners = new CopyOnWriteArrayList<>();
  private final Consumer<Throwable> fatal;
  private final ApplyMetrics metrics;
  private final TermFence fence;
  private final Thread thread;
  private PolicyTable policies;
  private volatile AppliedView current;
  private volatile Consumer<AppliedView> stateCheck = AppliedView::close;
  private volatile Applied applied;
  private volatile boolean running = true;
  private volatile boolean closed;

  /**
   * Term and Raft index of the last entry whose effects readers can see; index -1 in a new store.
   */
  public record Applied(long term, long index) {}

  private sealed interface Item {}

  private record Entry(
      long term,
      long index,
      JournalEntry entry,
      int bytes,
      PendingEntry pending,
      CompletableFuture<Void> done)
      implements Item {}

  private record Marker(long term, long index) implements Item {}

  private record Barrier(Runnable action) implements Item {}

  /**
   * @param fatal told of the first failure, on the apply thread, after which nothing more is
   *     applied
   */
  public ApplyEngine(
      RocksInodeStore store, String name, ApplyMetrics metrics, Consumer<Throwable> fatal) {
    this(store, name, metrics, fatal, new TermFence());
  }

  /** As above, with this fence. */
  public ApplyEngine(
      RocksInodeStore store,
      String name,
      ApplyMetrics metrics,
      Consumer<Throwable> fatal,
      TermFence fence) {
    this.store = store;
    this.fence = fence;
    this.fatal = fatal;
    this.metrics = metrics;
    this.state = ClusterState.load(store);
    this.batch = new StoreBatch(store);
    this.answers = new AnswerWindows(store);
    this.applier = new RecordApplier(batch, state, answers, Tables.mounts(store));
    this.policies = Tables.policies(store);
    publish();
    this.thread = new Thread(this::run, name + "-apply");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Registers a listener; before entries are applied. */
  public void addListener(AppliedListener listener) {
    listeners.add(listener);
  }

  /**
   * Who gets a view right behind each CheckState record, on the apply thread; it closes the view.
   * Must only hand it over.
   */
  public void onStateCheck(Consumer<AppliedView> handler) {
    stateCheck = handler;
  }

  /**
   * Takes a committed entry. Blocks while the queue is full. The future completes, in log order,
   * once readers see the entry; never, if the applier fails or is closed before.
   *
   * @param pending the leader's side, or null
   * @throws IllegalStateException if the applier has failed or is closed
   */
  public CompletableFuture<Void> apply(
      long term, long index, JournalEntry entry, PendingEntry pending) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    int bytes = Math.min(entry.getSerializedSize(), QUEUE_BYTES);
    try {
      while (!room.tryAcquire(bytes, WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        checkRunning();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    put(new Entry(term, index, entry, bytes, pending, done));
    return done;
  }

  /**
   * Takes an entry of the log itself (configuration, start of a term): only the applied index
   * moves.
   */
  public void advance(long term, long index) {
    put(new Marker(term, index));
  }

  /** Runs the action on the apply thread once everything taken before has been published. */
  public void afterAll(Runnable action) {
    put(new Barrier(action));
  }

  private void put(Item item) {
    try {
      do {
        checkRunning();
      } while (!queue.offer(item, WAIT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void checkRunning() {
    if (!running) {
      throw new IllegalStateException("The applier has stopped");
    }
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while handing an entry to the applier", cause);
  }

  /** Whether entries are still taken: false once the applier has failed or is closed. */
  public boolean isRunning() {
    return running;
  }

  /**
   * A view of the newest published state; close it.
   *
   * @throws MetadataException UNAVAILABLE once the applier is closed
   */
  public AppliedView view() {
    while (!closed) {
      AppliedView view = current;
      if (view.retain()) {
        return view;
      }
    }
    throw new MetadataException(ErrorCode.UNAVAILABLE, "This master is stopping");
  }

  /** The cluster's format level, as far as it is applied here. */
  public long formatLevel() {
    return current.formatLevel();
  }

  public Applied applied() {
    return applied;
  }

  /** Items waiting to be applied. */
  public int queued() {
    return queue.size();
  }

  private void run() {
    List<Item> items = new ArrayList<>(BATCH_ENTRIES);
    List<Entry> entries = new ArrayList<>(BATCH_ENTRIES);
    List<Boolean> fenced = new ArrayList<>(BATCH_ENTRIES);
    Item held = null;
    try {
      while (running) {
        Item first = held != null ? held : queue.take();
        held = null;
        if (first instanceof Barrier barrier) {
          barrier.action().run();
          continue;
        }
        items.clear();
        items.add(first);
        boolean cut = endsBatch(first);
        while (!cut && items.size() < BATCH_ENTRIES && batchBytes(items) < BATCH_BYTES) {
          Item next = queue.poll();
          if (next == null) {
            break;
          }
          if (next instanceof Barrier) {
            held = next;
            break;
          }
          items.add(next);
          cut = endsBatch(next);
        }
        applyBatch(items, entries, fenced);
      }
    } catch (Throwable e) {
      running = false;
      LOG.error(
          "Cannot apply the journal at term {} index {}", state.appliedTerm, state.appliedIndex, e);
      fatal.accept(e);
    }
  }

  private static long batchBytes(List<Item> items) {
    long bytes = 0;
    for (Item item : items) {
      if (item instanceof Entry entry) {
        bytes += entry.bytes();
      }
    }
    return bytes;
  }

  /**
   * A CheckState record must be in the last entry of its batch: its snapshot is taken right behind
   * it.
   */
  private static boolean endsBatch(Item item) {
    return item instanceof Entry entry && entry.entry().getChecksState();
  }

  private void applyBatch(List<Item> items, List<Entry> entries, List<Boolean> fenced) {
    long start = System.nanoTime();
    entries.clear();
    fenced.clear();
    int operations = 0;
    for (Item item : items) {
      if (item instanceof Entry entry) {
        boolean stale = fence.isStale(entry.entry().getPlannedTerm(), entry.term());
        moveTo(entry.term(), entry.index());
        if (!stale) {
          operations += applyEntry(entry.entry());
        }
        if (stale) {
          metrics.fenced();
        }
        entries.add(entry);
        fenced.add(stale);
      } else if (item instanceof Marker marker) {
        moveTo(marker.term(), marker.index());
      }
    }
    AppliedChanges changes = applier.finish();
    state.save(batch);
    long bytes = batch.bytes();
    batch.commit();
    answers.trim();
    if (changes.arePoliciesChanged()) {
      policies = Tables.policies(store);
    }
    for (AppliedListener listener : listeners) {
      listener.applied(changes, state.stateIndex());
    }
    publish();
    if (changes.checkStateIndex() >= 0) {
      stateCheck.accept(view());
    }
    metrics.batch(entries.size(), operations, bytes, System.nanoTime() - start);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      room.release(entry.bytes());
      if (entry.pending() != null) {
        if (fenced.get(i)) {
          entry.pending().fenced();
        } else {
          entry.pending().applied(state.indexBase + entry.index(), entry.term());
        }
      }
      entry.done().complete(null);
    }
  }

  private void moveTo(long term, long index) {
    if (index <= state.appliedIndex || term < state.appliedTerm) {
      throw new ApplyException(
          "entry "
              + term
              + ":"
              + index
              + " comes after "
              + state.appliedTerm
              + ":"
              + state.appliedIndex);
    }
    state.appliedTerm = term;
    state.appliedIndex = index;
  }

  private int applyEntry(JournalEntry entry) {
    if (entry.getFormat() > FormatVersion.ENTRY) {
      throw new ApplyException(
          "The journal holds an entry of format "
              + entry.getFormat()
              + "; this version reads up to "
              + FormatVersion.ENTRY
              + ". Start this master with the version that the leader runs");
    }
    state.clusterMillis = Math.max(state.clusterMillis, entry.getClusterMillis());
    for (PlannedOperation operation : entry.getOperationsList()) {
      applier.apply(operation, entry.getChecksState());
    }
    return entry.getOperationsCount();
  }

  private void publish() {
    AppliedView previous = current;
    current = new AppliedView(new StoreView(store), state, applier.mounts(), policies, answers);
    applied = new Applied(state.appliedTerm, state.appliedIndex);
    if (previous != null) {
      previous.close();
    }
  }

  /**
   * Stops the thread behind the batch it works on. What is queued is not applied; the log still has
   * it. Views that are held stay good until they are closed.
   */
  @Override
  public void close() {
    running = false;
    // Wakes the thread if it waits for work; if the queue is full, it does not.
    queue.offer(new Barrier(() -> {}));
    if (Thread.currentThread() != thread) {
      try {
        thread.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        throw new IllegalStateException("The applier does not stop; its store must not be closed");
      }
    }
    if (!closed) {
      closed = true;
      current.close();
    }
  }
}

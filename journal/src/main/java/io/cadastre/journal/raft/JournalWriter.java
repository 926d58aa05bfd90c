package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit of one leadership term. Planned operations queue up here and leave in entries that
 * carry whatever has queued up meanwhile: never a timer when idle, a few entries in flight,
 * everything bounded. Operations of one call order stay in that order.
 *
 * <p>An entry costs each replica far more than an operation in it does. So the first one leaves at
 * once, and another one beside it only if it is large; what is less waits for the one that is on
 * its way, and leaves together with what the callers of that one ask next ({@link Gathering}).
 *
 * <p>The term was captured before the operation took its first lock; each entry carries it, and is
 * without effect if the log puts it into another term (the term fence, see DESIGN section 3).
 * Thread-safe; packing happens on a thread of its own.
 */
public final class JournalWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

  /**
   * What share of a full entry has to be queued for an entry to leave while others are on their
   * way.
   */
  private static final int WORTH_AN_ENTRY = 4;

  /** An entry takes milliseconds; on a disk that stalls, a second or two. */
  private static final Duration STUCK = Duration.ofSeconds(10);

  /** No operation's records may be larger: a larger entry would make Ratis depose the leader. */
  public static final int MAX_OPERATION_BYTES = 1 << 20;

  /**
   * @param batchBytes an entry is closed when it has this many bytes
   * @param batchOperations or this many operations
   * @param entriesInFlight entries on their way through the log at once
   * @param queueBytes bytes that may wait; beyond it callers are answered BUSY
   * @param queueOperations operations that may wait
   */
  public record Settings(
      long batchBytes,
      int batchOperations,
      int entriesInFlight,
      long queueBytes,
      int queueOperations) {}

  /**
   * One operation on its way. Exactly one of the three outcomes is called, on any thread; must be
   * quick.
   */
  public interface Submission {
    PlannedOperation operation();

    /** In the store of a majority's logs and visible to readers here. */
    void applied(long stateIndex, long term);

    /** Certainly without effect, now and later. */
    void refused(MetadataException reason);

    /** It may take effect at any time, or never. */
    void unknown();
  }

  private final RaftJournal journal;
  private final long term;
  private final ClusterClock clock;
  private final Settings settings;
  private final JournalMetrics metrics;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private final Set<Batch> inFlight = new HashSet<>();
  private final Gathering gathering = new Gathering();
  private final long stuckNanos;
  private long gaveUpNanos;
  private long queuedBytes;
  private boolean closed;

  private record Queued(Submission submission, int bytes) {}

  public JournalWriter(
      RaftJournal journal,
      long term,
      ClusterClock clock,
      Settings settings,
      JournalMetrics metrics) {
    this(journal, term, clock, settings, metrics, STUCK);
  }

  /** As above, giving up leadership if an entry takes longer than this. */
  JournalWriter(
      RaftJournal journal,
      long term,
      ClusterClock clock,
      Settings settings,
      JournalMetrics metrics,
      Duration stuck) {
    this.journal = journal;
    this.stuckNanos = stuck.toNanos();
    this.gaveUpNanos = System.nanoTime() - stuckNanos;
    this.term = term;
    this.clock = clock;
    this.settings = settings;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "journal-writer-" + term);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** The term whose operations this writer takes. */
  public long term() {
    return term;
  }

  /**
   * Takes a planned operation of this writer's term.
   *
   * @throws MetadataException TOO_LARGE, BUSY or NOT_LEADER; then nothing was taken and no outcome
   *     is called
   */
  public void submit(Submission submission) {
    int bytes = submission.operation().getSerializedSize();
    if (bytes > MAX_OPERATION_BYTES) {
      throw new MetadataException(
              ErrorCode.TOO_LARGE, "The operation's records exceed what one journal entry may hold")
          .with("bytes", bytes)
          .with("limit", MAX_OPERATION_BYTES);
    }
    lock.lock();
    try {
      if (closed) {
        throw notLeader();
      }
      if (queue.size() >= settings.queueOperations()
          || queuedBytes + bytes > settings.queueBytes()) {
        metrics.refused();
        throw new MetadataException(
            ErrorCode.BUSY, "The journal's queue is full; the master is overloaded");
      }
      queue.add(new Queued(submission, bytes));
      queuedBytes += bytes;
      if (maySend()) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private static MetadataException notLeader() {
    return new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead any more");
  }

  /** Operations waiting to be packed. */
  public int queued() {
    return locked(queue::size);
  }

  /** Bytes of the operations waiting to be packed. */
  public long queuedBytes() {
    return locked(() -> queuedBytes);
  }

  /** Entries on their way. */
  public int entriesInFlight() {
    return locked(inFlight::size);
  }

  private <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        Batch batch = nextBatch();
        if (batch == null) {
          return;
        }
        send(batch);
      }
    } catch (InterruptedException e) {
      LOG.debug("The journal writer of term {} was stopped", term);
    }
  }

  // Under the lock.
  private boolean maySend() {
    if (queue.isEmpty() || inFlight.size() >= settings.entriesInFlight()) {
      return false;
    }
    return queuedBytes >= settings.batchBytes() / WORTH_AN_ENTRY
        || queue.size() >= settings.batchOperations() / WORTH_AN_ENTRY
        || (inFlight.isEmpty() && gathering.nanosLeft(queue.size(), System.nanoTime()) <= 0);
  }

  private Batch nextBatch() throws InterruptedException {
    lock.lock();
    try {
      return awaitBatch();
    } finally {
      lock.unlock();
    }
  }

  private Batch awaitBatch() throws InterruptedException {
    while (!closed && !maySend()) {
      // Whoever queues an operation meanwhile does not know when the gathering ends.
      long left = inFlight.isEmpty() ? gathering.nanosLeft(queue.size(), System.nanoTime()) : 0;
      if (left > 0) {
        changed.awaitNanos(left);
      } else if (!inFlight.isEmpty()) {
        changed.awaitNanos(stuckNanos / 4);
        giveUpIfStuck();
      } else if (queue.isEmpty()) {
        changed.await();
      }
    }
    if (closed) {
      return null;
    }
    gathering.leaves(queue.size(), System.nanoTime());
    List<Submission> submissions = new ArrayList<>();
    long bytes = 0;
    boolean checksState = false;
    while (!queue.isEmpty()
        && submissions.size() < settings.batchOperations()
        && (bytes == 0 || bytes + queue.peek().bytes() <= settings.batchBytes())) {
      boolean check = isCheck(queue.peek().submission());
      if (check && !submissions.isEmpty()) {
        break;
      }
      Queued next = queue.poll();
      queuedBytes -= next.bytes();
      bytes += next.bytes();
      submissions.add(next.submission());
      if (check) {
        checksState = true;
        break;
      }
    }
    Batch batch = new Batch(submissions, checksState);
    inFlight.add(batch);
    return batch;
  }

  /**
   * Callers wait for an entry, hold its locks, and nothing tells what becomes of it. Ratis deposes
   * a leader that a majority does not answer, but not one that is answered and does not get on (a
   * log appender that it has restarted no longer counts for the commit, in Ratis 3.3.0). The next
   * leader starts afresh, be it this one.
   */
  private void giveUpIfStuck() {
    long now = System.nanoTime();
    boolean stuck = inFlight.stream().anyMatch(batch -> now - batch.startNanos > stuckNanos);
    if (stuck && !closed && now - gaveUpNanos >= stuckNanos) {
      gaveUpNanos = now;
      // Without the lock: Ratis tells of entries that fail while it holds its own, which stepping
      // down wants too.
      lock.unlock();
      try {
        journal.stepDown("an entry was not applied within " + stuckNanos / 1_000_000 + " ms");
      } finally {
        lock.lock();
      }
    }
  }

  private static boolean isCheck(Submission submission) {
    PlannedOperation operation = submission.operation();
    return operation.getRecordsCount() == 1 && operation.getRecords(0).hasCheckState();
  }

  private void send(Batch batch) {
    CompletableFuture<Void> outcome;
    try {
      batch.sealed();
      outcome = journal.submit(batch);
    } catch (RuntimeException e) {
      LOG.error("Cannot hand an entry to the log", e);
      outcome = CompletableFuture.failedFuture(e);
    }
    outcome.whenComplete(
        (unused, failure) -> {
          if (failure != null) {
            metrics.failed();
          }
          if (failure instanceof RaftJournal.SubmitException submit && submit.certainlyNotInLog()) {
            batch.finish(submission -> submission.refused(notLeader()));
          } else if (batch.finish(Submission::unknown) && !isClosed()) {
            // As long as this term runs nobody can tell whether the entry will be applied, and its
            // locks are held. (A batch that was applied has finished before this is called.)
            journal.stepDown(
                "an entry's fate is unclear"
                    + (failure == null ? "" : ": " + failure.getMessage()));
          }
        });
  }

  private boolean isClosed() {
    return locked(() -> closed);
  }

  private void left(Batch batch) {
    lock.lock();
    try {
      inFlight.remove(batch);
      if (inFlight.isEmpty()) {
        long now = System.nanoTime();
        gathering.finished(batch.submissions.size(), queue.size(), now - batch.startNanos, now);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Term over: what waits is refused, what is on its way becomes unknown. */
  @Override
  public void close() {
    List<Queued> waiting;
    List<Batch> flying;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      waiting = new ArrayList<>(queue);
      queue.clear();
      queuedBytes = 0;
      flying = new ArrayList<>(inFlight);
      changed.signal();
    } finally {
      lock.unlock();
    }
    waiting.forEach(queued -> queued.submission().refused(notLeader()));
    flying.forEach(batch -> batch.finish(Submission::unknown));
  }

  /** One entry. */
  private final class Batch implements PendingEntry {
    private final List<Submission> submissions;
    private final boolean checksState;
    private final AtomicBoolean finished = new AtomicBoolean();
    private final long startNanos = System.nanoTime();
    private JournalEntry entry;

    Batch(List<Submission> submissions, boolean checksState) {
      this.submissions = submissions;
      this.checksState = checksState;
    }

    /** Builds the entry; outside of the writer's lock. */
    void sealed() {
      JournalEntry.Builder builder =
          JournalEntry.newBuilder()
              .setFormat(FormatVersion.ENTRY)
              .setPlannedTerm(term)
              .setClusterMillis(clock.millis())
              .setChecksState(checksState);
      for (Submission submission : submissions) {
        builder.addOperations(submission.operation());
      }
      entry = builder.build();
    }

    @Override
    public JournalEntry entry() {
      return entry;
    }

    @Override
    public void applied(long stateIndex, long appliedTerm) {
      metrics.entry(submissions.size(), entry.getSerializedSize(), System.nanoTime() - startNanos);
      finish(submission -> submission.applied(stateIndex, appliedTerm));
    }

    @Override
    public void fenced() {
      finish(submission -> submission.refused(notLeader()));
    }

    boolean finish(Consumer<Submission> outcome) {
      if (!finished.compareAndSet(false, true)) {
        return false;
      }
      left(this);
      for (Submission submission : submissions) {
        try {
          outcome.accept(submission);
        } catch (RuntimeException e) {
          LOG.error("An operation could not be told what became of it", e);
        }
      }
      return true;
    }
  }
}

package io.cadastre.server.namespace.listing;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Views that listings hold: bounded in number, closed when nobody has used them for a while, and in
 * any case after their life. A view keeps old versions of rows in the store alive, so none may be
 * held for ever. Thread-safe.
 */
public final class ListViews implements AutoCloseable {
  private static final Runnable NOBODY = () -> {};

  private final int max;
  private final long idleNanos;
  private final long lifeNanos;
  private final Map<Long, Lease> leases = new HashMap<>();
  private long nextId = 1;
  private long expired;
  private final LongAdder sent = new LongAdder();

  public ListViews(int max, Duration idle, Duration life) {
    this.max = max;
    this.idleNanos = idle.toNanos();
    this.lifeNanos = life.toNanos();
  }

  /** A view on loan. Used by one listing at a time. */
  public static final class Lease {
    private final long id;
    private final AppliedView view;
    private final long openedNanos = System.nanoTime();
    private long usedNanos = openedNanos;
    private boolean inUse = true;
    private Runnable overdue = NOBODY;

    private Lease(long id, AppliedView view) {
      this.id = id;
      this.view = view;
    }

    public long id() {
      return id;
    }

    public AppliedView view() {
      return view;
    }
  }

  /**
   * Takes over a view for a listing.
   *
   * @throws MetadataException BUSY if all views are in use; the view is closed then
   */
  public synchronized Lease open(AppliedView view) {
    if (leases.size() >= max && !evictIdle()) {
      view.close();
      throw new MetadataException(ErrorCode.BUSY, "Too many listings are open at once")
          .with("limit", max);
    }
    Lease lease = new Lease(nextId++, view);
    leases.put(lease.id, lease);
    return lease;
  }

  private boolean evictIdle() {
    Optional<Lease> oldest =
        leases.values().stream()
            .filter(lease -> !lease.inUse)
            .min(Comparator.comparingLong(lease -> lease.usedNanos));
    oldest.ifPresent(this::drop);
    return oldest.isPresent();
  }

  private void drop(Lease lease) {
    leases.remove(lease.id);
    lease.view.close();
    expired++;
  }

  /** The view of an earlier listing, for going on; empty if it is gone or in use. */
  public synchronized Optional<Lease> resume(long id) {
    Lease lease = leases.get(id);
    if (lease == null || lease.inUse || isOver(lease, System.nanoTime())) {
      return Optional.empty();
    }
    lease.inUse = true;
    return Optional.of(lease);
  }

  /** Whether a listing may go on with its view. */
  public synchronized boolean isLive(Lease lease) {
    return isLive(lease, System.nanoTime());
  }

  private boolean isLive(Lease lease, long now) {
    return now - lease.openedNanos < lifeNanos;
  }

  /** Whom {@link #sweep} tells while the view is in use though its life is over. */
  synchronized void onOverdue(Lease lease, Runnable listener) {
    lease.overdue = listener;
  }

  /**
   * Gives a view back: closed at once if the listing is complete, else kept a while for going on.
   */
  public synchronized void release(Lease lease, boolean complete) {
    if (leases.get(lease.id) != lease) {
      return;
    }
    lease.inUse = false;
    lease.overdue = NOBODY;
    lease.usedNanos = System.nanoTime();
    if (complete) {
      leases.remove(lease.id);
      lease.view.close();
    }
  }

  /**
   * Closes what nobody uses any more, and tells the listings that are over the life of their view:
   * one whose client has stopped reading would not notice by itself. Called once a second.
   */
  public void sweep() {
    // Without the lock: a listing may give its view back at once.
    overdue().forEach(Runnable::run);
    dropUnused();
  }

  private synchronized List<Runnable> overdue() {
    long now = System.nanoTime();
    return leases.values().stream()
        .filter(lease -> lease.inUse && !isLive(lease, now))
        .map(lease -> lease.overdue)
        .toList();
  }

  private synchronized void dropUnused() {
    long now = System.nanoTime();
    leases.values().stream()
        .filter(lease -> !lease.inUse && isOver(lease, now))
        .toList()
        .forEach(this::drop);
  }

  private boolean isOver(Lease lease, long now) {
    return now - lease.usedNanos >= idleNanos || !isLive(lease, now);
  }

  public synchronized int size() {
    return leases.size();
  }

  /** A page with so many entries was made. */
  void sent(int entries) {
    sent.add(entries);
  }

  /** Entries in all pages so far. */
  public long entriesSent() {
    return sent.sum();
  }

  /** Views closed because they were idle, old, or in the way. */
  public synchronized long expired() {
    return expired;
  }

  @Override
  public synchronized void close() {
    leases.values().forEach(lease -> lease.view.close());
    leases.clear();
  }
}

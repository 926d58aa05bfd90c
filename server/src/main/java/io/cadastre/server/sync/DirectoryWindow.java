package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/**
 * The directories that a run is to compare, as its {@link Crew} takes them: the next few in the
 * queue are listed ahead.
 */
final class DirectoryWindow implements Crew.Source<FoundDirectory> {
  /**
   * Directories listed ahead, at most: a few for each thread that lists ahead. What is kept of them
   * is bounded by {@link ListingsAhead}, and is lost with the leader.
   */
  private static final int WINDOW = 32;

  private final SyncContext context;
  private final SyncTarget target;
  private final DirectoryQueue queue;
  private final Predicate<NamespacePath> worthListingAhead;
  private final Deque<FoundDirectory> window = new ArrayDeque<>();

  /**
   * @param worthListingAhead whether a directory will be listed at all
   */
  DirectoryWindow(
      SyncContext context,
      SyncTarget target,
      DirectoryQueue queue,
      Predicate<NamespacePath> worthListingAhead) {
    this.context = context;
    this.target = target;
    this.queue = queue;
    this.worthListingAhead = worthListingAhead;
  }

  @Override
  public FoundDirectory take() {
    FoundDirectory next = window.poll();
    if (next == null) {
      NamespacePath path = queue.poll();
      next = path == null ? null : found(path);
    }
    listAhead();
    context.progress().queued = waiting();
    return next;
  }

  @Override
  public long waiting() {
    return queue.size() + window.size();
  }

  private FoundDirectory found(NamespacePath path) {
    return new FoundDirectory(path, new DirectoryListing(context, target.at(path)));
  }

  private void listAhead() {
    // On this host it takes processors, which a run that gives way leaves to others.
    int processors = Runtime.getRuntime().availableProcessors();
    int most = target.atOnce(WINDOW, context.pace().givesWay() ? 1 : processors);
    while (context.listings().isOn() && window.size() < most) {
      if (!context.listings().hasRoom()) {
        return;
      }
      NamespacePath path = queue.poll();
      if (path == null) {
        return;
      }
      FoundDirectory next = found(path);
      window.add(next);
      if (worthListingAhead.test(path)) {
        next.listing().ahead();
      }
    }
  }

  @Override
  public void close() {
    for (FoundDirectory left : window) {
      left.listing().close();
    }
    window.clear();
  }
}

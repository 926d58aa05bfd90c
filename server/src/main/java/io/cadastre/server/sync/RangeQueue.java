package io.cadastre.server.sync;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The ranges of a run that have pages left, in turns: after each page a range waits again, so that
 * all of them have a page under way while a few threads compare. Thread-safe.
 */
final class RangeQueue implements Crew.Source<RangeSync> {
  private final SyncProgress progress;
  // Guarded by this.
  private final Deque<RangeSync> waiting = new ArrayDeque<>();

  RangeQueue(SyncProgress progress) {
    this.progress = progress;
  }

  synchronized void add(RangeSync range) {
    waiting.addLast(range);
    progress.queued = waiting.size();
  }

  /** The first whose page is there; else that which waits longest. */
  @Override
  public synchronized RangeSync take() {
    for (RangeSync range : waiting) {
      range.ahead();
    }
    for (Iterator<RangeSync> all = waiting.iterator(); all.hasNext(); ) {
      RangeSync range = all.next();
      if (range.isReady()) {
        all.remove();
        return range;
      }
    }
    return waiting.pollFirst();
  }

  @Override
  public synchronized long waiting() {
    return waiting.size();
  }

  @Override
  public void close() {
    // The ranges belong to the run.
  }
}

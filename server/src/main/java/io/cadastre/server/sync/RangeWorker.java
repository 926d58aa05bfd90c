package io.cadastre.server.sync;

import io.cadastre.core.error.MetadataException;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.ufs.spi.UfsException;

/**
 * What one thread of a flat run does: compares a page of a range, and puts the range back. A range
 * that fails says nothing of its rest, so the run takes nothing away. Used by one thread.
 */
final class RangeWorker implements Crew.Worker<RangeSync> {
  private final SyncContext context;
  private final SyncRun run;
  private final RangeQueue queue;
  private final Runnable found;
  private final SyncPace.Worker pace;

  /**
   * @param found to be told that a range waits
   */
  RangeWorker(SyncContext context, SyncRun run, RangeQueue queue, Runnable found) {
    this.context = context;
    this.run = run;
    this.queue = queue;
    this.found = found;
    this.pace = context.pace().worker();
  }

  @Override
  public void work(RangeSync range) throws InterruptedException {
    if (context.progress().isCancelled()) {
      run.distrust();
      range.giveUp();
      range.close();
      return;
    }
    try {
      boolean more = range.compareNext();
      // Once it is back in the queue it may be another thread's.
      pace.worked(range::drain);
      if (more) {
        queue.add(range);
        found.run();
      } else {
        range.close();
      }
    } catch (UfsException e) {
      fail(range, e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      context.checkLeading(cause);
      fail(range, cause.code().name(), cause.getMessage());
    }
  }

  private void fail(RangeSync range, String code, String message) throws InterruptedException {
    run.distrust();
    context.progress().fail(run.target().path().toString(), code, message);
    range.giveUp();
    range.close();
  }

  @Override
  public void settle() {
    // A range sees to its own marks: another thread may go on with it.
  }

  @Override
  public void close() {
    // Nothing is the thread's own.
  }
}

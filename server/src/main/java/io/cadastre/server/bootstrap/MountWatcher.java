package io.cadastre.server.bootstrap;

import io.cadastre.core.mount.MountTable;
import io.cadastre.journal.apply.AppliedChanges;
import io.cadastre.journal.apply.AppliedListener;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.server.mount.MountedFileSystems;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the stores of mounts that are gone, off the apply thread. */
final class MountWatcher implements AppliedListener {
  private static final Logger LOG = LoggerFactory.getLogger(MountWatcher.class);
  private static final long POLL_MILLIS = 20;

  private final RaftJournal journal;
  private final MountedFileSystems mounted;
  private final ScheduledExecutorService timer;
  private final Executor closer;

  /**
   * @param closer where stores are closed, which may take a while
   */
  MountWatcher(
      RaftJournal journal,
      MountedFileSystems mounted,
      ScheduledExecutorService timer,
      Executor closer) {
    this.journal = journal;
    this.mounted = mounted;
    this.timer = timer;
    this.closer = closer;
  }

  @Override
  public void applied(AppliedChanges changes, long stateIndex) {
    if (changes.areMountsChanged()) {
      later(stateIndex);
    }
  }

  private void later(long stateIndex) {
    try {
      timer.schedule(() -> retain(stateIndex), POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Stores are closed by the shutdown that is under way", e);
    }
  }

  /** Listeners are told before the index is published: the view may still be the older one. */
  private void retain(long stateIndex) {
    try (AppliedView view = journal.view()) {
      if (view.stateIndex() < stateIndex) {
        later(stateIndex);
      } else {
        MountTable mounts = view.mounts();
        closer.execute(() -> mounted.retain(mounts));
      }
    } catch (RuntimeException e) {
      LOG.error("Stores of mounts that are gone could not be closed", e);
    }
  }
}

package io.cadastre.server.namespace.upkeep;

import com.codahale.metrics.Meter;
import com.google.protobuf.ByteString;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.ReclaimDetached;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Leadership;
import java.util.function.BooleanSupplier;

/**
 * Removes what lies below directories that were taken out of the namespace: a bounded stretch of
 * one directory per record, the directories in it becoming detached themselves, at a bounded rate,
 * and at a tenth of it while somebody needs the processors: nobody waits for this. Resumable: the
 * `detached` family says what is left.
 */
public final class Reclaimer implements LeaderTask {
  private static final int STEP_ENTRIES = 2_000;
  private static final int STEP_DIRECTORIES = 2_000;
  private static final long IDLE_MILLIS = 200;
  private static final int TIMES_SLOWER = 10;

  private final long entriesPerSecond;
  private final BooleanSupplier givesWay;
  private final Meter reclaimed;

  /**
   * @param entriesPerSecond at most
   * @param givesWay whether calls come in that find the processors busy
   */
  public Reclaimer(long entriesPerSecond, BooleanSupplier givesWay, Metrics metrics) {
    this.entriesPerSecond = entriesPerSecond;
    this.givesWay = givesWay;
    this.reclaimed = metrics.meter(MetricNames.RECLAIMED_ENTRIES);
  }

  @Override
  public String name() {
    return "reclaim";
  }

  @Override
  public long runOnce(Leadership leadership) throws InterruptedException {
    long entries = 0;
    ReclaimDetached.Builder reclaim = ReclaimDetached.newBuilder();
    try (AppliedView view = leadership.view()) {
      byte[] first = firstDetached(view);
      if (first == null) {
        return IDLE_MILLIS;
      }
      long id = KeyLayout.idOf(first);
      reclaim.setId(id);
      try (RowCursor rows = view.children(id)) {
        for (; rows.valid(); rows.next()) {
          byte[] row = rows.value();
          if (entries == STEP_ENTRIES || reclaim.getDetachedIdsCount() == STEP_DIRECTORIES) {
            reclaim.setToName(ByteString.copyFrom(KeyLayout.nameBytesOf(rows.key())));
            break;
          }
          if (InodeRow.isDirectory(row)) {
            reclaim.addDetachedIds(InodeRow.id(row));
          }
          entries++;
        }
      }
    }
    Journaling.append(leadership, JournalRecord.newBuilder().setReclaimDetached(reclaim).build());
    reclaimed.mark(entries);
    return pauseMillis(entries);
  }

  /** How long nothing more is reclaimed after so many entries. */
  long pauseMillis(long entries) {
    long pause = Math.max(1, entries * 1_000 / entriesPerSecond);
    return givesWay.getAsBoolean() ? pause * TIMES_SLOWER : pause;
  }

  private static byte[] firstDetached(AppliedView view) {
    try (RowCursor detached = view.scan(Family.DETACHED, new byte[0], null)) {
      return detached.valid() ? detached.key() : null;
    }
  }
}

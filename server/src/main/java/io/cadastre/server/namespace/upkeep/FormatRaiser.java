package io.cadastre.server.namespace.upkeep;

import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.SetFormatLevel;
import io.cadastre.server.transaction.Leadership;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the cluster's format level after an upgrade, once every member can read the new one. From
 * then on an older release cannot start on this cluster's data.
 */
public final class FormatRaiser implements LeaderTask {
  private static final Logger LOG = LoggerFactory.getLogger(FormatRaiser.class);
  private static final long PERIOD_MILLIS = 10_000;
  private static final long DONE_MILLIS = 3_600_000;

  private final IntSupplier common;

  /**
   * @param common the newest level that all members can read, 0 if that is not known; may take its
   *     time
   */
  public FormatRaiser(IntSupplier common) {
    this.common = common;
  }

  @Override
  public String name() {
    return "raise-format";
  }

  @Override
  public long runOnce(Leadership leadership) throws InterruptedException {
    long level;
    try (AppliedView view = leadership.view()) {
      level = view.formatLevel();
    }
    if (level >= FormatVersion.LEVEL) {
      return DONE_MILLIS;
    }
    int readable = common.getAsInt();
    if (readable > level) {
      Journaling.append(
          leadership,
          JournalRecord.newBuilder()
              .setSetFormatLevel(SetFormatLevel.newBuilder().setLevel(readable))
              .build());
      LOG.info("All members read format level {}; the cluster was at {}", readable, level);
    }
    return PERIOD_MILLIS;
  }
}

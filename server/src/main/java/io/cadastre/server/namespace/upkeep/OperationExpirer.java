package io.cadastre.server.namespace.upkeep;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.ExpireOperations;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Leadership;
import java.util.Map;

/**
 * Removes stored answers that nobody will ask for again: those that clients have acknowledged, at
 * once; the others when their life is over. Only by journaled records, so that all replicas forget
 * the same.
 */
public final class OperationExpirer implements LeaderTask {
  private static final long PERIOD_MILLIS = 500;
  private static final long FULL_SCAN_NANOS = 30_000_000_000L;
  private static final int MOST_CLIENTS = 5_000;

  private final long lifeMillis;
  private long lastFullScan = System.nanoTime();

  public OperationExpirer(long lifeMillis) {
    this.lifeMillis = lifeMillis;
  }

  @Override
  public String name() {
    return "expire-operations";
  }

  @Override
  public long runOnce(Leadership leadership) throws InterruptedException {
    ExpireOperations.Builder expire = ExpireOperations.newBuilder();
    try (AppliedView view = leadership.view()) {
      for (Map.Entry<Long, Long> client : leadership.operations().takeAcknowledged().entrySet()) {
        // What lies below the watermark is gone already, and looking for it again would mean to
        // step over all that the store has not compacted away. A row that got there behind it is
        // left to the scan by age. The watermark is raised even without rows: an id whose last
        // answer was a refusal must not be used again either.
        long from = watermark(view, client.getKey());
        if (from < client.getValue()) {
          expire.addClients(
              ExpireOperations.Client.newBuilder()
                  .setClient(client.getKey())
                  .setFrom(from)
                  .setBelow(client.getValue())
                  .setCount(count(view, client.getKey(), from, client.getValue())));
        }
      }
    }
    append(leadership, expire);
    if (System.nanoTime() - lastFullScan >= FULL_SCAN_NANOS) {
      lastFullScan = System.nanoTime();
      // In a record of its own, made from what the one above has left: a client that was in both
      // would be counted twice, and its watermark might sink again.
      ExpireOperations.Builder aged = ExpireOperations.newBuilder();
      try (AppliedView view = leadership.view()) {
        scanAll(view, leadership.clock().millis(), aged);
      }
      append(leadership, aged);
    }
    return PERIOD_MILLIS;
  }

  private static void append(Leadership leadership, ExpireOperations.Builder expire)
      throws InterruptedException {
    if (expire.getClientsCount() + expire.getForgottenCount() > 0) {
      Journaling.append(leadership, JournalRecord.newBuilder().setExpireOperations(expire).build());
    }
  }

  private static long watermark(AppliedView view, long client) {
    byte[] row = view.get(Family.OPERATIONS, KeyLayout.operation(client, KeyLayout.WATERMARK));
    return row == null ? 0 : KeyLayout.idOf(row);
  }

  private static long count(AppliedView view, long client, long from, long below) {
    long count = 0;
    try (RowCursor rows =
        view.scan(
            Family.OPERATIONS,
            KeyLayout.operation(client, from),
            KeyLayout.operation(client, below))) {
      for (; rows.valid(); rows.next()) {
        count++;
      }
    }
    return count;
  }

  /**
   * Finds, client by client, answers past their life or below the watermark, and watermarks of
   * clients that have been silent for longer. A watermark never sinks.
   */
  private void scanAll(AppliedView view, long nowMillis, ExpireOperations.Builder expire) {
    long oldest = nowMillis - lifeMillis;
    long client = 0;
    long acknowledged = 0;
    long below = 0;
    long count = 0;
    long left = 0;
    try (RowCursor rows = view.scan(Family.OPERATIONS, new byte[0], null)) {
      for (; rows.valid() && expire.getClientsCount() < MOST_CLIENTS; rows.next()) {
        long owner = KeyLayout.clientOf(rows.key());
        if (owner != client) {
          add(expire, client, below, count);
          client = owner;
          acknowledged = watermark(view, owner);
          below = 0;
          count = 0;
          left = 0;
        }
        if (KeyLayout.sequenceOf(rows.key()) == KeyLayout.WATERMARK) {
          if (left == 0 && count == 0 && watermarkMillis(rows.value()) < oldest) {
            expire.addForgotten(owner);
          }
        } else if (left == 0
            && (KeyLayout.sequenceOf(rows.key()) < acknowledged
                || parse(rows.value()).getMintedMillis() < oldest)) {
          below = Math.max(acknowledged, KeyLayout.sequenceOf(rows.key()) + 1);
          count++;
        } else {
          left++;
        }
      }
      if (!rows.valid()) {
        add(expire, client, below, count);
      }
      // Else this client was not looked through, and its count may be wrong: the next scan does it.
    }
  }

  private static void add(ExpireOperations.Builder expire, long client, long below, long count) {
    if (count > 0) {
      expire.addClients(
          ExpireOperations.Client.newBuilder().setClient(client).setBelow(below).setCount(count));
    }
  }

  private static long watermarkMillis(byte[] row) {
    return java.nio.ByteBuffer.wrap(row).getLong(8);
  }

  private static OperationAnswer parse(byte[] row) {
    try {
      return OperationAnswer.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored answer does not parse", e);
    }
  }
}

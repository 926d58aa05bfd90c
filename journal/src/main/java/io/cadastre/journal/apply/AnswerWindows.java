package io.cadastre.journal.apply;

import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import io.cadastre.journal.store.StoreBatch;
import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of each client's newest operation ids certainly have no stored answer, so that the store
 * need not be asked. Nearly every operation is new, and both the planner and the applier have to
 * know that it is: a lookup of a row that is not there is among the dearest things they do.
 *
 * <p>A client counts its operations, so the ids that come next lie close together. For the {@value
 * #SIZE} newest of a client a bit says whether the applier has stored an answer. Of older ones, and
 * of clients it does not know, it says that there may be one. A memory of what the rows say:
 * nothing in the store depends on it. The applier writes, anybody reads.
 */
public final class AnswerWindows {
  /** Sequences of a client that are remembered; a kilobyte. */
  private static final int SIZE = 8_192;

  private static final int MOST_CLIENTS = 4_096;

  /** Stored answers above the first id seen; a client with more of them is not remembered. */
  private static final int MOST_AHEAD = 1_024;

  private final RowReader committed;
  private final ConcurrentHashMap<Long, Window> windows = new ConcurrentHashMap<>();

  /** One client. */
  private static final class Window {
    // Of what lies below, only the store knows.
    private final long known;
    private volatile long watermark;
    private final BitSet answered = new BitSet(SIZE);
    private long top;

    Window(long known, long watermark) {
      this.known = known;
      this.watermark = watermark;
      this.top = known - 1;
    }

    synchronized void add(long sequence) {
      if (sequence <= top - SIZE) {
        return;
      }
      if (sequence - top >= SIZE) {
        answered.clear();
        top = sequence;
      }
      while (top < sequence) {
        top++;
        answered.clear(bit(top));
      }
      answered.set(bit(sequence));
    }

    synchronized boolean mayHave(long sequence) {
      if (sequence < known || sequence <= top - SIZE) {
        return true;
      }
      return sequence <= top && answered.get(bit(sequence));
    }

    private static int bit(long sequence) {
      return (int) (sequence & (SIZE - 1));
    }
  }

  /**
   * @param committed the store as it is, without what the applier has not written yet
   */
  AnswerWindows(RowReader committed) {
    this.committed = committed;
  }

  /**
   * Whether an answer may be stored under this id; if not, the id is new, and lies above its
   * client's watermark.
   */
  public boolean mayHave(long client, long sequence) {
    Window window = windows.get(client);
    return window == null || sequence < window.watermark || window.mayHave(sequence);
  }

  /** The applier stores an answer, through this batch. */
  void stored(StoreBatch batch, long client, long sequence) {
    Window window = windows.get(client);
    if (window == null) {
      if (windows.size() >= MOST_CLIENTS) {
        return;
      }
      window = open(batch, client, sequence);
      windows.put(client, window);
    }
    window.add(sequence);
  }

  /**
   * The batch holds no answers of this client: a client has a window from its first answer on, and
   * loses it only when the batch is empty.
   */
  private Window open(StoreBatch batch, long client, long sequence) {
    long known = sequence;
    try (RowCursor rows =
        committed.scan(
            Family.OPERATIONS,
            KeyLayout.operation(client, sequence),
            KeyLayout.operation(client, KeyLayout.WATERMARK))) {
      for (int i = 0; rows.valid(); i++, rows.next()) {
        known = i < MOST_AHEAD ? KeyLayout.sequenceOf(rows.key()) + 1 : Long.MAX_VALUE;
        if (i == MOST_AHEAD) {
          break;
        }
      }
    }
    byte[] watermark =
        batch.get(Family.OPERATIONS, KeyLayout.operation(client, KeyLayout.WATERMARK));
    return new Window(known, watermark == null ? 0 : KeyLayout.idOf(watermark));
  }

  /** The applier moves a client's watermark. */
  void watermark(long client, long below) {
    Window window = windows.get(client);
    if (window != null) {
      window.watermark = below;
    }
  }

  /** The batch is written and empty: clients may be forgotten. */
  void trim() {
    if (windows.size() >= MOST_CLIENTS) {
      windows.clear();
    }
  }
}

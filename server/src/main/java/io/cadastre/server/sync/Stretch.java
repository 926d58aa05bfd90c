package io.cadastre.server.sync;

/**
 * How far a listing is read before the rest is asked for by a new one. Its pages count from the
 * first one that has something: a store whose order is not that of bytes everywhere may have to be
 * listed from further ahead than wanted, and answers nothing until the wanted beginning. So that
 * such pages stay a share of all, a stretch has at least as many pages behind them. For one thread.
 */
final class Stretch {
  /** Pages after which a listing ends, unless more were skipped at its beginning. */
  static final int PAGES = 64;

  private int skipped;
  private int pages;

  /** A listing was opened. */
  void begin() {
    skipped = 0;
    pages = 0;
  }

  /** A page of it was read. */
  void read(boolean empty) {
    if (empty && pages == 0) {
      skipped++;
    } else {
      pages++;
    }
  }

  boolean isOver() {
    return pages >= Math.max(PAGES, skipped);
  }
}

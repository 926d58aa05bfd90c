package io.cadastre.server.transaction;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands out inode ids within one leadership. Starts behind every id that was ever applied; an id
 * that was handed out but never committed may be handed out again by a later leader, which is
 * harmless: entries planned under this term have no effect in a later one. Thread-safe.
 */
public final class InodeIdAllocator {
  private final AtomicLong next;

  /**
   * @param firstFree from the newest applied state
   */
  public InodeIdAllocator(long firstFree) {
    this.next = new AtomicLong(firstFree);
  }

  public long next() {
    return next.getAndIncrement();
  }
}

package io.cadastre.ufs.local;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that all listings of one store may take together for sorting. Who gets none spills what
 * it has. Thread-safe, never waits.
 */
final class SortMemory {
  private final long limitBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  SortMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  boolean tryReserve(long bytes) {
    if (usedBytes.addAndGet(bytes) <= limitBytes) {
      return true;
    }
    usedBytes.addAndGet(-bytes);
    return false;
  }

  void release(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  long usedBytes() {
    return usedBytes.get();
  }
}

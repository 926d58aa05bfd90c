package io.cadastre.client;

import java.util.concurrent.atomic.AtomicLong;

/** The newest state index that any answer carried; 0 before the first one. Thread-safe. */
final class SeenIndex {
  private final AtomicLong index = new AtomicLong();

  long get() {
    return index.get();
  }

  void saw(long stateIndex) {
    if (stateIndex > index.get()) {
      index.accumulateAndGet(stateIndex, Math::max);
    }
  }
}

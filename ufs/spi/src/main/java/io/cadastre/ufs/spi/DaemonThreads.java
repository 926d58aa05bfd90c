package io.cadastre.ufs.spi;

import java.util.concurrent.ThreadFactory;

/** Threads of a store that hold no process up: their requests may hang for ever. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Makes threads that all have this name. Thread-safe. */
  public static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}

package io.cadastre.server.transaction;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A pool that takes as many tasks as it has room for, and runs them when the test says. */
final class FullPool implements Executor {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private int room;

  /** So many more tasks are taken. */
  synchronized void setRoom(int taken) {
    room = taken;
  }

  @Override
  public synchronized void execute(Runnable task) {
    if (room == 0) {
      throw new RejectedExecutionException("full");
    }
    room--;
    tasks.add(task);
  }

  private synchronized Runnable next() {
    return tasks.poll();
  }

  /** Runs what was taken, on the calling thread. */
  void run() {
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }
}

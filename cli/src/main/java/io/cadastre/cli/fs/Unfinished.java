package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What must not stay half done. Unless it is kept, it is undone once, the newest step first: by
 * {@link #close}, or by a shutdown hook when the process is told to end (Ctrl-C, TERM), in which
 * case the command may still be at work. For one command's thread, and the hook's.
 */
final class Unfinished implements AutoCloseable {
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final Thread hook = new Thread(this::undo, "undo");
  private boolean settled;

  /**
   * @throws CliFailure INTERRUPTED if the process is ending already
   */
  Unfinished() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw interrupted();
    }
  }

  /**
   * Says how something that was just begun is undone.
   *
   * @throws CliFailure INTERRUPTED if all is undone already; then this is, too
   */
  synchronized void add(Runnable step) {
    if (settled) {
      step.run();
      throw interrupted();
    }
    undo.push(step);
  }

  /**
   * From here on it stays.
   *
   * @throws CliFailure INTERRUPTED if it is undone already
   */
  synchronized void keep() {
    if (settled) {
      throw interrupted();
    }
    settled = true;
  }

  private synchronized void undo() {
    if (!settled) {
      settled = true;
      undo.forEach(Runnable::run);
    }
  }

  @Override
  public void close() {
    undo();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook has found nothing to do.
    }
  }

  private static CliFailure interrupted() {
    return new CliFailure(ExitCodes.INTERRUPTED, "Interrupted");
  }
}

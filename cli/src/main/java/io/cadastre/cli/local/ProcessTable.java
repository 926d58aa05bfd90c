package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at processes of this machine and signals them. A process is known by an argument of its
 * command line, never by its number alone: numbers are given out again.
 */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final long SIGNAL_SECONDS = 10;

  // Of /proc/PID/stat, counted from its third field; see proc(5).
  private static final int FLAGS = 6;
  private static final int THREADS = 17;

  /** The kernel's PF_EXITING. */
  private static final long EXITING = 0x4;

  /** What a process is doing. */
  enum State {
    RUNNING,
    PAUSED,
    GONE
  }

  private ProcessTable() {}

  /**
   * GONE also if the number belongs to a process that does not have this argument. A process that
   * has been killed is not GONE before its last thread is: until then it holds its ports.
   */
  static State state(long pid, String argument) {
    List<String> arguments = arguments(pid);
    if (!arguments.contains(bytes(argument))) {
      return arguments.isEmpty() && isEnding(pid) ? State.RUNNING : State.GONE;
    }
    return statusLetter(pid) == 'T' ? State.PAUSED : State.RUNNING;
  }

  /**
   * Whether this is a process that has lost its memory, and its command line with that, but not yet
   * all of its threads. (A thread of the kernel has no command line either, and is not exiting.)
   */
  private static boolean isEnding(long pid) {
    String[] fields = status(pid).split(" ");
    if (fields.length <= THREADS) {
      return false;
    }
    boolean exiting = (Long.parseLong(fields[FLAGS]) & EXITING) != 0;
    boolean zombie = fields[0].equals("Z") || fields[0].equals("X");
    return exiting && !(zombie && Integer.parseInt(fields[THREADS]) <= 1);
  }

  /**
   * An argument as a process was given it, each byte as a character: which encoding it is in, a
   * command line does not say. The start script has the JVM use UTF-8 for those of its children.
   */
  private static String bytes(String argument) {
    return new String(argument.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Each as {@link #bytes} has it. */
  private static List<String> arguments(long pid) {
    Path file = PROC.resolve(Long.toString(pid)).resolve("cmdline");
    if (Files.isDirectory(PROC.resolve("self"))) {
      try {
        String line = Files.readString(file, StandardCharsets.ISO_8859_1);
        return line.isEmpty() ? List.of() : List.of(line.split("\0"));
      } catch (NoSuchFileException e) {
        return List.of();
      } catch (IOException e) {
        // Gone between open and read, or another user's.
        return List.of();
      }
    }
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().arguments())
        .map(arguments -> Arrays.stream(arguments).map(ProcessTable::bytes).toList())
        .orElse(List.of());
  }

  /** The third field of /proc/PID/stat; 'R' where there is no such file. */
  private static char statusLetter(long pid) {
    String status = status(pid);
    return status.isEmpty() ? 'R' : status.charAt(0);
  }

  /** /proc/PID/stat from its third field on; empty where there is no such file. */
  private static String status(long pid) {
    try {
      String stat =
          Files.readString(
              PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 2);
    } catch (IOException | IndexOutOfBoundsException e) {
      return "";
    }
  }

  /**
   * Sends a signal. The caller has just checked {@link #state}.
   *
   * @param signal a name or number that `kill -s` or `kill -N` knows
   */
  static void signal(long pid, String signal) {
    try {
      // The shell's own kill: it is there on every system.
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
              .redirectErrorStream(true)
              .start();
      String text = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw CliFailure.local(
            "Cannot send signal " + signal + " to process " + pid + ": " + text.strip(), null);
      }
    } catch (IOException e) {
      throw CliFailure.local("Cannot run the shell: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliFailure.local("Interrupted while signalling process " + pid, e);
    }
  }
}

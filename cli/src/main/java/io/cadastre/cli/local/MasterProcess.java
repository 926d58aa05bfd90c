package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.PropertiesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The process of one master, found by its pid file and believed only if the process's command line
 * carries the mark of this master's directory.
 */
record MasterProcess(MasterDirectory directory) {

  /** The JVM argument that marks the process of a master directory. */
  static String mark(MasterDirectory directory) {
    return "-Dcadastre.local.master=" + directory.path();
  }

  /** Remembers a process that was just started. */
  void remember(long pid) {
    PropertiesFile.writeText(directory.pidFile(), pid + "\n");
  }

  /** The process, if it is alive (paused or not). */
  OptionalLong pid() {
    OptionalLong pid = recorded();
    return pid.isPresent() && stateOf(pid.getAsLong()) != ProcessTable.State.GONE
        ? pid
        : OptionalLong.empty();
  }

  ProcessTable.State state() {
    OptionalLong pid = recorded();
    return pid.isPresent() ? stateOf(pid.getAsLong()) : ProcessTable.State.GONE;
  }

  /** Signals it if it is alive; returns whether it was. */
  boolean signal(Signal signal) {
    OptionalLong pid = pid();
    pid.ifPresent(number -> ProcessTable.signal(number, signal.name()));
    return pid.isPresent();
  }

  private ProcessTable.State stateOf(long pid) {
    return ProcessTable.state(pid, mark(directory));
  }

  private OptionalLong recorded() {
    Path file = directory.pidFile();
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (NumberFormatException | IOException e) {
      throw CliFailure.local(
          "Cannot read the process number in " + file + ": " + e.getMessage(), e);
    }
  }
}

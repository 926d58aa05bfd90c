package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import java.util.Locale;

/** The signals that make sense for a test of failover. */
enum Signal {
  TERM(15),
  KILL(9),
  STOP(19),
  CONT(18);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** By name, with or without SIG, or by number: `9`, `KILL`, `sigkill`. */
  static Signal parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    for (Signal signal : values()) {
      if (name.equals(signal.name())
          || name.equals("SIG" + signal)
          || name.equals(Integer.toString(signal.number))) {
        return signal;
      }
    }
    throw CliFailure.usage("--signal: unknown signal '" + text + "'; one of 9, TERM, STOP, CONT");
  }
}

package io.cadastre.bench.proof;

import java.io.PrintStream;

/** Collects what a proof finds and says at the end whether all of it holds. For one thread. */
final class Verdict {
  private final String name;
  private final PrintStream out;
  private boolean passed = true;

  Verdict(String name, PrintStream out) {
    this.name = name;
    this.out = out;
  }

  /** A claim that must hold. */
  void claim(boolean holds, String text, Object... arguments) {
    out.printf("%-6s %s%n", holds ? "ok" : "FAILED", String.format(text, arguments));
    passed &= holds;
  }

  /** A figure that nothing depends on. */
  void note(String text, Object... arguments) {
    out.printf("       %s%n", String.format(text, arguments));
  }

  /** The last line, and the exit code. */
  int finish() {
    out.println((passed ? "PASS " : "FAIL ") + name);
    return passed ? 0 : 1;
  }
}

package io.cadastre.cli;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.master.MasterStartCommand;
import io.cadastre.cli.tools.StorageTools;

/** Entry point of `cadastre`. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = run(CliEnvironment.ofProcess(), arguments);
    // A master that was started in this process lives on in its own threads.
    if (code != ExitCodes.OK.code() || !MasterStartCommand.isStartedIn(Thread.currentThread())) {
      System.exit(code);
    }
  }

  /** Runs a command line in this process; never throws, returns the exit code. */
  public static int run(CliEnvironment environment, String... arguments) {
    return CommandLines.execute(environment, new StorageTools(), arguments);
  }
}

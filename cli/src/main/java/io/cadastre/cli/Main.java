package io.cadastre.cli;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.master.MasterStartCommand;
import io.cadastre.cli.tools.StorageTools;

/** Entry point of `cadastre`. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = CommandLines.execute(CliEnvironment.ofProcess(), new StorageTools(), arguments);
    // A master that was started in this process lives on in its own threads.
    if (code != ExitCodes.OK.code() || !MasterStartCommand.isStartedIn(Thread.currentThread())) {
      System.exit(code);
    }
  }
}

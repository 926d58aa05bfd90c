package io.cadastre.cli.master;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterLocator;
import io.cadastre.cli.base.ExitCodes;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;

/**
 * Runs the server in this process. By reflection: the command line is built without the server, and
 * an installation has both.
 */
@Command(
    name = "start",
    description = {
      "Run a master in this process until it is told to end (TERM, or Ctrl-C).",
      "Its settings: --conf FILE and -DKEY=VALUE. Its storage must have been formatted once with"
          + " `cadastre journal format`."
    })
public final class MasterStartCommand extends CliCommand {
  private static final String SERVER_MAIN = "io.cadastre.server.bootstrap.ServerMain";

  private static final AtomicReference<Thread> STARTED_IN = new AtomicReference<>();

  /** Whether a master was started on this thread, so that the process must not be ended. */
  public static boolean isStartedIn(Thread thread) {
    return STARTED_IN.get() == thread;
  }

  @Override
  protected ExitCodes run() throws Exception {
    Path conf =
        new ClusterLocator(context().options(), context().environment())
            .configurationFile()
            .orElseThrow(
                () ->
                    CliFailure.usage(
                        "No configuration file. Pass --conf FILE, set $CADASTRE_CONF, or make"
                            + " conf/cadastre-site.properties from its template."));
    List<String> arguments = new ArrayList<>(List.of("--conf", conf.toString()));
    context()
        .options()
        .properties()
        .forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    try {
      STARTED_IN.set(Thread.currentThread());
      Class.forName(SERVER_MAIN)
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments.toArray(String[]::new));
    } catch (ClassNotFoundException e) {
      throw CliFailure.local(
          "This installation has no server (" + SERVER_MAIN + " is not on the class path).", e);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    return ExitCodes.OK;
  }
}

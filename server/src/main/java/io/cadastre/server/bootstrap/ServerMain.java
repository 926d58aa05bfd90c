package io.cadastre.server.bootstrap;

import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.error.IoErrors;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.store.StoreException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.logging.log4j.LogManager;

/**
 * Starts one master: `ServerMain --conf FILE [-Dkey=value ...]`. Exit codes: 0 stopped on request,
 * 1 cannot start, or did not stop as it should, 2 wrong arguments, 70 halted because it could not
 * keep its promises.
 */
public final class ServerMain {
  private static final int STOPPED = 0;
  private static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;
  private static final int HALTED = 70;

  /**
   * Threads of the common pool; with less than two of them the JVM starts a new thread for each
   * asynchronous step of a CompletableFuture. Ratis takes such a step for every entry it appends:
   * on two processors that was a twelfth of a follower's time.
   */
  private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

  private ServerMain() {}

  public static void main(String[] arguments) {
    if (System.getProperty(COMMON_POOL) == null && Runtime.getRuntime().availableProcessors() < 3) {
      System.setProperty(COMMON_POOL, "2");
    }
    Path file = null;
    List<String> overrides = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--conf") && i + 1 < arguments.length) {
        file = Path.of(arguments[++i]);
      } else if (arguments[i].startsWith("-D")) {
        overrides.add(arguments[i]);
      } else {
        fail(
            WRONG_ARGUMENTS,
            "Unknown argument " + arguments[i] + "; usage: --conf FILE [-Dkey=value ...]");
      }
    }
    if (file == null) {
      fail(WRONG_ARGUMENTS, "No configuration file; usage: --conf FILE [-Dkey=value ...]");
    }
    start(file, overrides);
  }

  private static void start(Path file, List<String> overrides) {
    MasterServer server = null;
    try {
      Map<String, String> parsed = ConfigurationLoader.overrides(overrides);
      Configuration configuration = ConfigurationLoader.load(ConfigScope.MASTER, file, parsed);
      // The logging configuration names its files after the node: before the first logger is made.
      System.setProperty("cadastre.node", configuration.get(ConfigKeys.MASTER_NAME));
      server = new MasterServer(configuration, ServerMain::halt);
      MasterServer started = server;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "shutdown"));
      server.start();
    } catch (MetadataException e) {
      fail(FAILED, text(e));
    } catch (StoreException e) {
      fail(FAILED, e.getMessage());
    } catch (UncheckedIOException e) {
      fail(FAILED, "Cannot start: " + e.getMessage() + ": " + IoErrors.text(e.getCause()));
    } catch (RuntimeException e) {
      LogManager.getLogger(ServerMain.class).error("Cannot start", e);
      fail(FAILED, "Cannot start: " + e.getMessage() + " (the log has the details)");
    }
  }

  /** What is wrong, and of the context what that does not say already. */
  private static String text(MetadataException failure) {
    Map<String, String> more = new TreeMap<>(failure.context());
    more.values().removeIf(failure.getMessage()::contains);
    return failure.getMessage() + (more.isEmpty() ? "" : " " + more);
  }

  /**
   * Ends the process here: left to itself a JVM that was asked by a signal to stop ends with 128
   * and the signal's number, which looks like a failure to whoever restarts masters.
   */
  private static void stop(MasterServer server) {
    int code = STOPPED;
    try {
      server.close();
    } catch (RuntimeException e) {
      code = FAILED;
      LogManager.getLogger(ServerMain.class).error("This master did not stop as it should", e);
    }
    LogManager.shutdown();
    Runtime.getRuntime().halt(code);
  }

  private static void halt(String reason, Throwable cause) {
    LogManager.getLogger(ServerMain.class).fatal("This master halts: {}", reason, cause);
    System.err.println(
        "This master halts: "
            + reason
            + (cause == null ? "" : " (" + IoErrors.innermost(cause) + ")"));
    LogManager.shutdown();
    // Not exit: shutdown hooks would wait for threads that can no longer make progress.
    Runtime.getRuntime().halt(HALTED);
  }

  private static void fail(int code, String text) {
    System.err.println(text);
    Runtime.getRuntime().halt(code);
  }
}

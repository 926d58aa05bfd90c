package io.cadastre.cli.base;

import io.cadastre.cli.format.TimeText;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.RetrySettings;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.HostPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;

/** Makes the client of a command from its options. */
public final class ClientFactory {
  private static final long ID_SECONDS = 5;

  private ClientFactory() {}

  /** Connects when first used. */
  public static MetadataClient open(CliContext context, ClusterAddress address) {
    quietLogs(context.options().verbose());
    String user =
        context.options().user() == null ? context.environment().user() : context.options().user();
    RetrySettings retry =
        new RetrySettings(
            true,
            RetrySettings.DEFAULT.initialBackoffMillis(),
            (int)
                Math.max(
                    RetrySettings.DEFAULT.initialBackoffMillis(),
                    address.configuration().get(ConfigKeys.USER_RETRY_PAUSE_MAX).toMillis()),
            RetrySettings.DEFAULT.storeAttempts());
    return MetadataClient.builder()
        .masters(address.masters().stream().map(HostPort::toString).toList())
        .user(user)
        .groups(() -> groupsOf(user))
        .callTimeout(timeout(context, address))
        .retry(retry)
        .build();
  }

  private static Duration timeout(CliContext context, ClusterAddress address) {
    return context.options().timeout() == null
        ? address.configuration().get(ConfigKeys.USER_CALL_TIMEOUT)
        : TimeText.parseDuration(context.options().timeout(), "--timeout");
  }

  /** The system's groups of this user; none if it does not know the user. */
  private static List<String> groupsOf(String user) {
    if (user.startsWith("-")) {
      return List.of();
    }
    try {
      Process id =
          new ProcessBuilder("id", "-Gn", user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean known = id.waitFor(ID_SECONDS, TimeUnit.SECONDS) && id.exitValue() == 0;
      return known && !text.isEmpty() ? List.of(text.split("\\s+")) : List.of();
    } catch (IOException e) {
      // A system without `id`: the masters then know only the user.
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure(ExitCodes.INTERRUPTED, "Interrupted", e);
    }
  }

  /** What libraries log is no concern of the user: failures are reported by the command itself. */
  private static void quietLogs(boolean verbose) {
    if (!verbose) {
      LogManager.getLogManager().reset();
    }
  }
}

package io.cadastre.cli.base;

import io.cadastre.cli.format.TimeText;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.RetrySettings;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.HostPort;
import java.time.Duration;
import java.util.logging.LogManager;

/** Makes the client of a command from its options. */
public final class ClientFactory {
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
        .groups(() -> SystemGroups.ofThisSystem(context.output()).of(user))
        .callTimeout(timeout(context, address))
        .retry(retry)
        .build();
  }

  private static Duration timeout(CliContext context, ClusterAddress address) {
    return context.options().timeout() == null
        ? address.configuration().get(ConfigKeys.USER_CALL_TIMEOUT)
        : TimeText.parseDuration(context.options().timeout(), "--timeout");
  }

  /** What libraries log is no concern of the user: failures are reported by the command itself. */
  private static void quietLogs(boolean verbose) {
    if (!verbose) {
      LogManager.getLogManager().reset();
    }
  }
}

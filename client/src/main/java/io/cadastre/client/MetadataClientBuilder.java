package io.cadastre.client;

import io.cadastre.core.api.FrameLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The settings of a {@link MetadataClient}; only the masters have no default. */
public final class MetadataClientBuilder {
  private List<String> masters = List.of();
  private String user = System.getProperty("user.name");
  private Supplier<List<String>> groups = List::of;
  private String clusterId = "";
  private Duration callTimeout = Duration.ofSeconds(30);
  private Duration probeTimeout = Duration.ofSeconds(1);
  private Duration probePause = Duration.ofMillis(30);
  private Duration silentAfter = Duration.ofMillis(700);
  private RetrySettings retry = RetrySettings.DEFAULT;
  private int maxOutstanding = 16_384;
  private int maxFrameCalls = 512;
  private int maxFrameBytes = 256 << 10;
  private int listPrefetchPages = 4;
  private Executor callbackExecutor;

  MetadataClientBuilder() {}

  /** Client addresses of the masters, host:port; those that do not answer are skipped. */
  public MetadataClientBuilder masters(List<String> newMasters) {
    masters = List.copyOf(newMasters);
    return this;
  }

  /** As {@link #masters(List)}: `host:port,host:port,...`. */
  public MetadataClientBuilder masters(String commaSeparated) {
    return masters(
        List.of(commaSeparated.split(",", -1)).stream()
            .map(String::trim)
            .filter(master -> !master.isEmpty())
            .toList());
  }

  /** Who calls; by default the user of this process. */
  public MetadataClientBuilder user(String newUser) {
    user = newUser;
    return this;
  }

  /**
   * Where the user's groups come from; asked once, by {@link #build}. By default there are none.
   */
  public MetadataClientBuilder groups(Supplier<List<String>> newGroups) {
    groups = newGroups;
    return this;
  }

  /** The cluster that must answer; another one's answer is EPOCH_CHANGED. By default any. */
  public MetadataClientBuilder clusterId(String newClusterId) {
    clusterId = newClusterId;
    return this;
  }

  /** How long a call may take in all, retries included; by default 30 s. */
  public MetadataClientBuilder callTimeout(Duration timeout) {
    callTimeout = timeout;
    return this;
  }

  /**
   * How long one question "who leads?" to one master may take, by default 1 s, before its
   * connection is made anew; up to four times that when it stays mute.
   */
  public MetadataClientBuilder probeTimeout(Duration timeout) {
    probeTimeout = timeout;
    return this;
  }

  /** The pause between two such questions to one master while nobody leads; by default 30 ms. */
  public MetadataClientBuilder probePause(Duration pause) {
    probePause = pause;
    return this;
  }

  /** A leader that says nothing for this long with calls outstanding is doubted; 700 ms. */
  public MetadataClientBuilder silentAfter(Duration silence) {
    silentAfter = silence;
    return this;
  }

  public MetadataClientBuilder retry(RetrySettings newRetry) {
    retry = newRetry;
    return this;
  }

  /** False: one attempt is one call. For test harnesses. */
  public MetadataClientBuilder retries(boolean enabled) {
    retry = retry.withEnabled(enabled);
    return this;
  }

  /** Calls queued and unanswered, beyond which a new one is refused as BUSY; by default 16,384. */
  public MetadataClientBuilder maxOutstanding(int calls) {
    maxOutstanding = calls;
    return this;
  }

  /** The most calls in one frame, up to {@link FrameLimits#MOST_CALLS}; by default 512. */
  public MetadataClientBuilder maxFrameCalls(int calls) {
    maxFrameCalls = calls;
    return this;
  }

  /** The most bytes in one frame (a single larger call goes alone); by default 256 KiB. */
  public MetadataClientBuilder maxFrameBytes(int bytes) {
    maxFrameBytes = bytes;
    return this;
  }

  /** Pages of one listing that may lie unread in this process; by default 4. */
  public MetadataClientBuilder listPrefetchPages(int pages) {
    listPrefetchPages = pages;
    return this;
  }

  /** Where futures complete. By default the client's I/O thread, where callbacks must not block. */
  public MetadataClientBuilder callbackExecutor(Executor executor) {
    callbackExecutor = executor;
    return this;
  }

  /**
   * The client; connects when first used.
   *
   * @throws io.cadastre.core.error.MetadataException INVALID_ARGUMENT naming a wrong setting
   */
  public MetadataClient build() {
    return MetadataClient.open(
        new ClientSettings(
            masters,
            new CallerIdentity(user, groups.get()),
            clusterId,
            callTimeout,
            probeTimeout,
            probePause,
            silentAfter,
            retry,
            maxOutstanding,
            maxFrameCalls,
            maxFrameBytes,
            listPrefetchPages,
            callbackExecutor));
  }
}

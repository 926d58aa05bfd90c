package io.cadastre.client;

import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.ReadLevel;
import io.cadastre.core.api.proto.SyncOptions;
import java.util.OptionalLong;

/**
 * How a read keeps in step with the store, and how new its answer must be.
 *
 * @param loadType what to load from the store when no sync is due
 * @param syncIntervalMillis milliseconds: -1 never again, 0 on every access; empty: as the path's
 *     policy or the configuration says
 * @param readLevel how new the answer must be
 * @param boundMillis for BOUNDED: the greatest age of the answer in milliseconds, else 0
 * @param defaultLoadType where neither the call nor a policy of the path says it, instead of the
 *     master's own
 * @param defaultSyncIntervalMillis likewise for the interval
 * @param allowStale whether an answer from what is known is wanted, with {@link
 *     Served#staleReason}, when the store cannot be asked within half of the call's time; else such
 *     a read fails
 */
public record ReadOptions(
    LoadType loadType,
    OptionalLong syncIntervalMillis,
    ReadLevel readLevel,
    int boundMillis,
    LoadType defaultLoadType,
    OptionalLong defaultSyncIntervalMillis,
    boolean allowStale) {
  public static final ReadOptions DEFAULT =
      new ReadOptions(
          LoadType.LOAD_TYPE_DEFAULT,
          OptionalLong.empty(),
          ReadLevel.LINEARIZABLE,
          0,
          LoadType.LOAD_TYPE_DEFAULT,
          OptionalLong.empty(),
          false);

  public ReadOptions {
    check(syncIntervalMillis, "syncIntervalMillis");
    check(defaultSyncIntervalMillis, "defaultSyncIntervalMillis");
    Checks.require(boundMillis >= 0, "boundMillis", "0 or more milliseconds expected");
  }

  private static void check(OptionalLong interval, String field) {
    Checks.require(
        interval.isEmpty() || interval.getAsLong() >= -1,
        field,
        "-1 (never again), 0 (on every access) or milliseconds expected");
  }

  public ReadOptions withLoadType(LoadType newLoadType) {
    return new ReadOptions(
        newLoadType,
        syncIntervalMillis,
        readLevel,
        boundMillis,
        defaultLoadType,
        defaultSyncIntervalMillis,
        allowStale);
  }

  public ReadOptions withSyncIntervalMillis(long newMillis) {
    return new ReadOptions(
        loadType,
        OptionalLong.of(newMillis),
        readLevel,
        boundMillis,
        defaultLoadType,
        defaultSyncIntervalMillis,
        allowStale);
  }

  public ReadOptions withReadLevel(ReadLevel newLevel) {
    return new ReadOptions(
        loadType,
        syncIntervalMillis,
        newLevel,
        boundMillis,
        defaultLoadType,
        defaultSyncIntervalMillis,
        allowStale);
  }

  /** Any answer that is no older than this. */
  public ReadOptions withBoundMillis(int newBoundMillis) {
    return new ReadOptions(
        loadType,
        syncIntervalMillis,
        ReadLevel.BOUNDED,
        newBoundMillis,
        defaultLoadType,
        defaultSyncIntervalMillis,
        allowStale);
  }

  public ReadOptions withDefaultLoadType(LoadType newLoadType) {
    return new ReadOptions(
        loadType,
        syncIntervalMillis,
        readLevel,
        boundMillis,
        newLoadType,
        defaultSyncIntervalMillis,
        allowStale);
  }

  public ReadOptions withDefaultSyncIntervalMillis(long newMillis) {
    return new ReadOptions(
        loadType,
        syncIntervalMillis,
        readLevel,
        boundMillis,
        defaultLoadType,
        OptionalLong.of(newMillis),
        allowStale);
  }

  public ReadOptions withAllowStale(boolean newAllowStale) {
    return new ReadOptions(
        loadType,
        syncIntervalMillis,
        readLevel,
        boundMillis,
        defaultLoadType,
        defaultSyncIntervalMillis,
        newAllowStale);
  }

  SyncOptions toProto() {
    SyncOptions.Builder sync =
        SyncOptions.newBuilder()
            .setLoadType(loadType)
            .setDefaultLoadType(defaultLoadType)
            .setAllowStale(allowStale);
    syncIntervalMillis.ifPresent(sync::setIntervalMillis);
    defaultSyncIntervalMillis.ifPresent(sync::setDefaultIntervalMillis);
    return sync.build();
  }
}

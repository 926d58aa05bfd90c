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
 */
public record ReadOptions(
    LoadType loadType, OptionalLong syncIntervalMillis, ReadLevel readLevel, int boundMillis) {
  public static final ReadOptions DEFAULT =
      new ReadOptions(LoadType.LOAD_TYPE_DEFAULT, OptionalLong.empty(), ReadLevel.LINEARIZABLE, 0);

  public ReadOptions {
    Checks.require(
        syncIntervalMillis.isEmpty() || syncIntervalMillis.getAsLong() >= -1,
        "syncIntervalMillis",
        "-1 (never again), 0 (on every access) or milliseconds expected");
    Checks.require(boundMillis >= 0, "boundMillis", "0 or more milliseconds expected");
  }

  public ReadOptions withLoadType(LoadType newLoadType) {
    return new ReadOptions(newLoadType, syncIntervalMillis, readLevel, boundMillis);
  }

  public ReadOptions withSyncIntervalMillis(long newMillis) {
    return new ReadOptions(loadType, OptionalLong.of(newMillis), readLevel, boundMillis);
  }

  public ReadOptions withReadLevel(ReadLevel newLevel) {
    return new ReadOptions(loadType, syncIntervalMillis, newLevel, boundMillis);
  }

  /** Any answer that is no older than this. */
  public ReadOptions withBoundMillis(int newBoundMillis) {
    return new ReadOptions(loadType, syncIntervalMillis, ReadLevel.BOUNDED, newBoundMillis);
  }

  SyncOptions toProto() {
    SyncOptions.Builder sync = SyncOptions.newBuilder().setLoadType(loadType);
    syncIntervalMillis.ifPresent(sync::setIntervalMillis);
    return sync.build();
  }
}

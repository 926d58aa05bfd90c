package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.function.Function;

/**
 * Which directories inside a recursive run need not be listed, as they were compared recently
 * enough.
 *
 * @param none whether no such directory is to be expected: then all may be listed at one go, where
 *     the store does that more cheaply
 * @param compared when a directory was compared, if recently enough; else {@link Freshness#NEVER}
 */
record FreshDirectories(boolean none, Function<NamespacePath, Freshness.Covering> compared) {
  /** All are listed. */
  static final FreshDirectories NONE = new FreshDirectories(true, directory -> Freshness.NEVER);

  /** Some may be left out. */
  static FreshDirectories by(Function<NamespacePath, Freshness.Covering> compared) {
    return new FreshDirectories(false, compared);
  }

  Freshness.Covering of(NamespacePath directory) {
    return compared.apply(directory);
  }
}

package io.cadastre.server.mount;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountOption;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.decorate.BreakerSettings;
import io.cadastre.ufs.decorate.BreakerUnderFileSystem;
import io.cadastre.ufs.decorate.CountingUnderFileSystem;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
import io.cadastre.ufs.decorate.MountLimits;
import io.cadastre.ufs.decorate.ObservedUnderFileSystem;
import io.cadastre.ufs.decorate.RatedUnderFileSystem;
import io.cadastre.ufs.decorate.RootGuardUnderFileSystem;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open stores of the mount table, by mount. A store is opened when it is first asked for and
 * closed when its mount is gone or was changed. Each is wrapped: requests are counted, an exchanged
 * or vanished root is noticed before anything is believed, a hung store is cut off at the deadline
 * by threads of its own, and one that has not answered for a while is left alone. Thread-safe.
 */
public final class MountedFileSystems implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MountedFileSystems.class);

  /**
   * @param threadsPerMount requests that may be under way at one store, unless the mount says
   *     otherwise
   * @param deadline of a request that has no earlier one
   * @param sortMemoryBytes for listings of stores that have no order
   * @param spillDirectory where longer listings are sorted
   * @param breaker when a store that does not answer is left alone
   */
  public record Settings(
      int threadsPerMount,
      Duration deadline,
      long sortMemoryBytes,
      Path spillDirectory,
      BreakerSettings breaker) {}

  /**
   * One open store.
   *
   * @param stuck requests that nobody waits for any more and that the store has not answered: they
   *     may still take effect
   */
  public record OpenStore(
      MountPoint mount,
      UnderFileSystem store,
      CountingUnderFileSystem counting,
      IntSupplier stuck) {}

  private final UnderFileSystems registry;
  private final Settings settings;
  private final StoreObserver observer;
  private final Map<Long, OpenStore> open = new HashMap<>();
  private boolean closed;

  /**
   * @param observer told of mounted stores and of each request to them
   */
  public MountedFileSystems(UnderFileSystems registry, Settings settings, StoreObserver observer) {
    this.registry = registry;
    this.settings = settings;
    this.observer = observer;
  }

  /**
   * The open store of a mount.
   *
   * @throws MetadataException STORE_UNAVAILABLE or STORE_REFUSED if it cannot be opened
   */
  public synchronized OpenStore of(MountPoint mount) {
    if (closed) {
      throw new MetadataException(ErrorCode.UNAVAILABLE, "This master is stopping");
    }
    OpenStore known = open.get(mount.mountId());
    if (known != null && sameStore(known.mount(), mount)) {
      return known;
    }
    if (known != null) {
      close(known);
    }
    OpenStore opened = wrapped(mount);
    open.put(mount.mountId(), opened);
    return opened;
  }

  private OpenStore wrapped(MountPoint mount) {
    Map<String, String> options = SecretOptions.resolve(mount.options());
    MountLimits limits = MountLimits.of(options);
    UnderFileSystem store =
        new ObservedUnderFileSystem(openRaw(mount.storeUri(), options), observer);
    if (limits.requestsPerSecond().isPresent()) {
      store =
          new RatedUnderFileSystem(
              store,
              limits.requestsPerSecond().getAsInt(),
              observer.waits(mount.path().toString()));
    }
    CountingUnderFileSystem counting = new CountingUnderFileSystem(store);
    DeadlineUnderFileSystem cutOff =
        new DeadlineUnderFileSystem(
            new RootGuardUnderFileSystem(counting, mount.rootIdentity()),
            limits.concurrency().orElse(settings.threadsPerMount()));
    BreakerUnderFileSystem guarded =
        new BreakerUnderFileSystem(
            cutOff,
            settings.breaker(),
            TimeSource.system(),
            observer.breaker(mount.path().toString()));
    observer.opened(
        mount.path().toString(),
        new StoreObserver.State(
            guarded::isOpen, cutOff::stuckRequests, guarded::requests, guarded.prices()));
    return new OpenStore(mount, guarded, counting, cutOff::stuckRequests);
  }

  private static boolean sameStore(MountPoint one, MountPoint other) {
    return one.storeUri().equals(other.storeUri())
        && one.options().equals(other.options())
        && one.rootIdentity().equals(other.rootIdentity());
  }

  /**
   * A store that is not mounted yet, cut off at deadlines but with no root to compare; the caller
   * closes it.
   */
  public UnderFileSystem openUnmounted(String uri, List<MountOption> options) {
    Map<String, String> resolved = SecretOptions.resolve(options);
    MountLimits.of(resolved);
    return new DeadlineUnderFileSystem(openRaw(uri, resolved), 2);
  }

  private UnderFileSystem openRaw(String uri, Map<String, String> options) {
    return registry.open(
        uri,
        UfsSettings.of(MountLimits.others(options))
            .withListingSortMemoryBytes(settings.sortMemoryBytes())
            .withSpillDirectory(settings.spillDirectory()));
  }

  /**
   * A store URI in the one form in which it is compared with others. May ask the store's machine.
   *
   * @throws MetadataException INVALID_ARGUMENT
   */
  public UfsLocation canonical(String uri) {
    return registry.canonical(uri);
  }

  /** When a request of a caller with this deadline has to be over. */
  public StoreDeadline deadline(long callerDeadlineNanos) {
    return StoreDeadline.after(settings.deadline())
        .orEarlier(new StoreDeadline(callerDeadlineNanos));
  }

  /** When a request without a caller has to be over. */
  public StoreDeadline deadline() {
    return StoreDeadline.after(settings.deadline());
  }

  /** Closes stores whose mounts are gone. */
  public synchronized void retain(MountTable mounts) {
    open.values()
        .removeIf(
            store -> {
              boolean gone = mounts.byId(store.mount().mountId()).isEmpty();
              if (gone) {
                close(store);
                observer.closed(store.mount().path().toString());
              }
              return gone;
            });
  }

  private static void close(OpenStore store) {
    try {
      store.store().close();
    } catch (RuntimeException e) {
      LOG.warn("The store {} could not be closed cleanly", store.mount().storeUri(), e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    open.values().forEach(MountedFileSystems::close);
    open.clear();
  }
}

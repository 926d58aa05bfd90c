package io.cadastre.ufs.testing;

import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.decorate.BreakerObserver;
import io.cadastre.ufs.decorate.BreakerSettings;
import io.cadastre.ufs.decorate.BreakerUnderFileSystem;
import io.cadastre.ufs.decorate.ContextLoaderUnderFileSystem;
import io.cadastre.ufs.decorate.CountingUnderFileSystem;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
import io.cadastre.ufs.decorate.ObservedUnderFileSystem;
import io.cadastre.ufs.decorate.RatedUnderFileSystem;
import io.cadastre.ufs.decorate.RootGuardUnderFileSystem;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.time.Duration;

/** All wrappers together keep the contract. */
class WrappedUnderFileSystemTest extends MemoryUnderFileSystemTest {
  @Override
  protected UnderFileSystem open(UfsSettings settings) {
    UnderFileSystem loaded =
        new ContextLoaderUnderFileSystem(super.open(settings), getClass().getClassLoader());
    UnderFileSystem observed =
        new ObservedUnderFileSystem(loaded, (operation, nanos, failed) -> {});
    UnderFileSystem rated = new RatedUnderFileSystem(observed, 1_000_000, nanos -> {});
    UnderFileSystem counted = new CountingUnderFileSystem(rated);
    UnderFileSystem guarded = new RootGuardUnderFileSystem(counted, counted.rootIdentity(soon()));
    return new BreakerUnderFileSystem(
        new DeadlineUnderFileSystem(guarded, 4),
        new BreakerSettings(
            1_000,
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(1)),
        TimeSource.system(),
        new BreakerObserver() {
          @Override
          public void opened() {}

          @Override
          public void closed() {}

          @Override
          public void refused() {}
        });
  }
}

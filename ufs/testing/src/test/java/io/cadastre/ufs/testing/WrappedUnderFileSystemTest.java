package io.cadastre.ufs.testing;

import io.cadastre.ufs.decorate.CountingUnderFileSystem;
import io.cadastre.ufs.decorate.DeadlineUnderFileSystem;
import io.cadastre.ufs.decorate.RootGuardUnderFileSystem;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;

/** All wrappers together keep the contract. */
class WrappedUnderFileSystemTest extends MemoryUnderFileSystemTest {
  @Override
  protected UnderFileSystem open(UfsSettings settings) {
    UnderFileSystem counted = new CountingUnderFileSystem(super.open(settings));
    UnderFileSystem guarded = new RootGuardUnderFileSystem(counted, counted.rootIdentity(soon()));
    return new DeadlineUnderFileSystem(guarded, 4);
  }
}

package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StorePrices;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.Objects;

/** Hands the questions that need no request to the wrapped store. */
abstract class ForwardingUnderFileSystem implements UnderFileSystem {
  final UnderFileSystem store;

  ForwardingUnderFileSystem(UnderFileSystem store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  @Override
  public String type() {
    return store.type();
  }

  @Override
  public String uriOf(String path) {
    return store.uriOf(path);
  }

  @Override
  public boolean supportsOwnership() {
    return store.supportsOwnership();
  }

  @Override
  public boolean supportsModificationTimes() {
    return store.supportsModificationTimes();
  }

  @Override
  public boolean supportsDirectories() {
    return store.supportsDirectories();
  }

  @Override
  public boolean supportsSymbolicLinks() {
    return store.supportsSymbolicLinks();
  }

  @Override
  public boolean supportsOrderedListing() {
    return store.supportsOrderedListing();
  }

  @Override
  public boolean supportsAtomicRename() {
    return store.supportsAtomicRename();
  }

  @Override
  public boolean supportsConditionalMutations() {
    return store.supportsConditionalMutations();
  }

  @Override
  public boolean supportsFlatListing() {
    return store.supportsFlatListing();
  }

  // Each wrapper has to say what it makes of these, though the contract has a default.
  @Override
  public abstract UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline);

  @Override
  public abstract List<String> splitPoints(String path, int ranges, StoreDeadline deadline);

  @Override
  public boolean isOnThisHost() {
    return store.isOnThisHost();
  }

  @Override
  public StoreRequests requests() {
    return store.requests();
  }

  @Override
  public StorePrices prices() {
    return store.prices();
  }

  @Override
  public void close() {
    store.close();
  }
}

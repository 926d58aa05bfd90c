package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.function.Supplier;

/**
 * Shows the store's own class loader as the thread's during each call: libraries look for their
 * parts, and start their threads, by that. Adds no lock and no wait.
 */
public final class ContextLoaderUnderFileSystem extends ForwardingUnderFileSystem {
  private final ClassLoader loader;

  /**
   * Wraps a store.
   *
   * @param loader of the store's classes
   */
  public ContextLoaderUnderFileSystem(UnderFileSystem store, ClassLoader loader) {
    super(store);
    this.loader = loader;
  }

  private <T> T within(Supplier<T> request) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return request.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private void run(Runnable request) {
    within(
        () -> {
          request.run();
          return true;
        });
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return within(() -> store.rootIdentity(deadline));
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    return within(() -> store.status(path, deadline));
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsListing listing = within(() -> store.list(path, startAfter, deadline));
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return within(() -> listing.next(deadline));
      }

      @Override
      public void close() {
        run(listing::close);
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsFlatListing listing = within(() -> store.listFlat(path, startAfter, endAt, deadline));
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return within(() -> listing.next(deadline));
      }

      @Override
      public void close() {
        run(listing::close);
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    return within(() -> store.splitPoints(path, ranges, deadline));
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return within(() -> store.createDirectory(path, attributes, deadline));
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return within(() -> store.createFile(path, attributes, deadline));
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    run(() -> store.delete(path, expectedFingerprint, deadline));
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    run(() -> store.deleteRecursive(path, deadline));
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    return within(() -> store.rename(source, destination, expectedFingerprint, deadline));
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return within(() -> store.setAttributes(path, attributes, deadline));
  }

  @Override
  public void close() {
    run(store::close);
  }
}

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

/** Tells somebody how long each request took, and whether it failed. Adds no lock and no wait. */
public final class ObservedUnderFileSystem extends ForwardingUnderFileSystem {
  private final RequestObserver observer;

  public ObservedUnderFileSystem(UnderFileSystem store, RequestObserver observer) {
    super(store);
    this.observer = observer;
  }

  private <T> T observed(String operation, Supplier<T> request) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      T answer = request.get();
      failed = answer instanceof StoreLookup.Unknown;
      return answer;
    } finally {
      observer.ended(operation, System.nanoTime() - start, failed);
    }
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return observed("root_identity", () -> store.rootIdentity(deadline));
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    return observed("status", () -> store.status(path, deadline));
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsListing listing = observed("list", () -> store.list(path, startAfter, deadline));
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return observed("list_page", () -> listing.next(deadline));
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsFlatListing listing =
        observed("list_flat", () -> store.listFlat(path, startAfter, endAt, deadline));
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return observed("list_flat_page", () -> listing.next(deadline));
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    return observed("split_points", () -> store.splitPoints(path, ranges, deadline));
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return observed("create_directory", () -> store.createDirectory(path, attributes, deadline));
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return observed("create_file", () -> store.createFile(path, attributes, deadline));
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    observed(
        "delete",
        () -> {
          store.delete(path, expectedFingerprint, deadline);
          return "done";
        });
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    observed(
        "delete_recursive",
        () -> {
          store.deleteRecursive(path, deadline);
          return "done";
        });
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    return observed(
        "rename", () -> store.rename(source, destination, expectedFingerprint, deadline));
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return observed("set_attributes", () -> store.setAttributes(path, attributes, deadline));
  }
}

package io.cadastre.server.sync;

import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Moments between two requests of a sync at which another program does something: the stores of the
 * class path, each of which calls the test back right before a request. Pages are short, so that a
 * small directory has several. Thread-safe; what is to be done is done once, on the thread that
 * asks the store.
 */
final class Moments {
  private static final int PAGE = 10;

  private final Map<String, Runnable> actions = new ConcurrentHashMap<>();

  /** Before a directory's listing is opened. */
  void beforeList(String path, Runnable action) {
    actions.put("list of " + path, action);
  }

  /** Before a page of a directory's listing is asked for; the first is number 0. */
  void beforePage(String path, int page, Runnable action) {
    actions.put("page " + page + " of " + path, action);
  }

  /** Before a path is looked up. */
  void beforeStatus(String path, Runnable action) {
    actions.put("status of " + path, action);
  }

  /** What is still to come. */
  Set<String> outstanding() {
    return Set.copyOf(actions.keySet());
  }

  private void reached(String moment) {
    Runnable action = actions.remove(moment);
    if (action != null) {
      action.run();
    }
  }

  /** The stores of the class path. */
  UnderFileSystems stores() {
    List<UnderFileSystemFactory> wrapped = new ArrayList<>();
    ServiceLoader.load(UnderFileSystemFactory.class).forEach(known -> wrapped.add(of(known)));
    return new UnderFileSystems(wrapped);
  }

  private UnderFileSystemFactory of(UnderFileSystemFactory factory) {
    return new UnderFileSystemFactory() {
      @Override
      public Set<String> schemes() {
        return factory.schemes();
      }

      @Override
      public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
        return of(factory.create(location, settings.withListingPageEntries(PAGE)));
      }

      @Override
      public UfsLocation canonical(UfsLocation location) {
        return factory.canonical(location);
      }
    };
  }

  private UnderFileSystem of(UnderFileSystem store) {
    return (UnderFileSystem)
        Proxy.newProxyInstance(
            Moments.class.getClassLoader(),
            new Class<?>[] {UnderFileSystem.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if (name.equals("status") || name.equals("list")) {
                reached(name + " of " + arguments[0]);
              }
              // Moments are those of runs by directories; FlatSyncTest has the others.
              if (name.equals("supportsFlatListing")) {
                return false;
              }
              Object answer = call(store, method, arguments);
              return answer instanceof UfsListing listing
                  ? of(listing, (String) arguments[0])
                  : answer;
            });
  }

  private UfsListing of(UfsListing listing, String path) {
    int[] page = new int[1];
    return (UfsListing)
        Proxy.newProxyInstance(
            Moments.class.getClassLoader(),
            new Class<?>[] {UfsListing.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("next")) {
                reached("page " + page[0]++ + " of " + path);
              }
              return call(listing, method, arguments);
            });
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

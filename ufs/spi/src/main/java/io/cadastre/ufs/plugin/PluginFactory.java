package io.cadastre.ufs.plugin;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.decorate.ContextLoaderUnderFileSystem;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import java.io.IOException;
import java.net.URLClassLoader;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for the factory of a plug-in, and loads it when it is first needed. What was loaded stays
 * for the life of the process; a plug-in that could not be loaded is tried again at the next use.
 * Thread-safe.
 */
final class PluginFactory implements UnderFileSystemFactory {
  private static final Logger LOG = LoggerFactory.getLogger(PluginFactory.class);

  private final StorePlugin plugin;
  private final ClassLoader shared;
  // Guarded by this, written once.
  private Loaded loaded;

  private record Loaded(UnderFileSystemFactory factory, ClassLoader loader) {}

  PluginFactory(StorePlugin plugin, ClassLoader shared) {
    this.plugin = plugin;
    this.shared = shared;
  }

  @Override
  public Set<String> schemes() {
    return plugin.schemes();
  }

  /**
   * As the plug-in's own.
   *
   * @throws MetadataException STORE_REFUSED too, if the plug-in cannot be loaded
   */
  @Override
  public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
    Loaded found = load();
    UnderFileSystem store =
        within(found.loader, () -> linked(() -> found.factory.create(location, settings)));
    return new ContextLoaderUnderFileSystem(store, found.loader);
  }

  @Override
  public UfsLocation canonical(UfsLocation location) {
    Loaded found = load();
    return within(found.loader, () -> linked(() -> found.factory.canonical(location)));
  }

  private synchronized Loaded load() {
    if (loaded == null) {
      loaded = loadNow();
      LOG.info("Loaded the store {} from {}", plugin.name(), plugin.directory());
    }
    return loaded;
  }

  @SuppressWarnings("resource") // Open for as long as its classes are in use, which is for ever.
  private Loaded loadNow() {
    URLClassLoader loader;
    try {
      loader = new URLClassLoader("store-" + plugin.name(), plugin.jars(), shared);
    } catch (IOException e) {
      throw unusable("its directory cannot be read: " + e.getMessage(), e);
    }
    try {
      UnderFileSystemFactory factory = within(loader, () -> linked(() -> onlyProvider(loader)));
      if (!factory.schemes().equals(plugin.schemes())) {
        throw unusable(
            "it serves " + factory.schemes() + ", and its description says " + plugin.schemes(),
            null);
      }
      return new Loaded(factory, loader);
    } catch (MetadataException e) {
      close(loader);
      throw e;
    }
  }

  private UnderFileSystemFactory onlyProvider(ClassLoader loader) {
    Iterator<UnderFileSystemFactory> found =
        ServiceLoader.load(UnderFileSystemFactory.class, loader).iterator();
    if (!found.hasNext()) {
      throw unusable("there is no store in it", null);
    }
    UnderFileSystemFactory factory = found.next();
    if (found.hasNext()) {
      throw unusable("there is more than one store in it", null);
    }
    return factory;
  }

  /**
   * A library that is missing or does not fit is the installation's fault and not a defect here.
   */
  private <T> T linked(Supplier<T> call) {
    try {
      return call.get();
    } catch (LinkageError | ServiceConfigurationError e) {
      throw unusable("its classes do not load: " + e, e);
    }
  }

  private MetadataException unusable(String why, Throwable cause) {
    return new MetadataException(
            ErrorCode.STORE_REFUSED,
            "The installed store '" + plugin.name() + "' cannot be used: " + why,
            cause)
        .with("directory", plugin.directory());
  }

  /** Libraries find their own classes by the thread's class loader. */
  private static <T> T within(ClassLoader loader, Supplier<T> call) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return call.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void close(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      LOG.debug("A class loader could not be closed", e);
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return plugin.directory().toString();
  }
}

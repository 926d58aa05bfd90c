package io.cadastre.ufs.plugin;

import io.cadastre.ufs.spi.UnderFileSystemFactory;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the plug-ins of an installation: each directory in `lib/ufs/` is one. Stateless. */
public final class StorePlugins {
  private static final Logger LOG = LoggerFactory.getLogger(StorePlugins.class);

  private StorePlugins() {}

  /**
   * The stores of this process's class path, and those installed as plug-ins. A directory that
   * cannot be used is named in the log and left out: it must not keep a master from starting.
   *
   * @param directory that has a directory for each plug-in; need not exist
   * @throws IllegalStateException if two stores serve one scheme
   */
  public static UnderFileSystems installed(Path directory) {
    ClassLoader process = StorePlugins.class.getClassLoader();
    List<UnderFileSystemFactory> all = new ArrayList<>();
    ServiceLoader.load(UnderFileSystemFactory.class, process).forEach(all::add);
    all.addAll(in(directory, process));
    return new UnderFileSystems(all);
  }

  /** A factory for each plug-in, by name; no class of them is loaded. */
  static List<UnderFileSystemFactory> in(Path directory, ClassLoader process) {
    ClassLoader shared = new SharedClassLoader(process);
    List<UnderFileSystemFactory> factories = new ArrayList<>();
    for (Path one : directories(directory)) {
      try {
        factories.add(new PluginFactory(StorePlugin.read(one), shared));
      } catch (IOException e) {
        LOG.warn("The store in {} is left out: {}", one, e.toString());
      }
    }
    return factories;
  }

  private static List<Path> directories(Path directory) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      LOG.warn("The stores in {} are left out: {}", directory, e.toString());
    }
    found.sort(null);
    return found;
  }
}

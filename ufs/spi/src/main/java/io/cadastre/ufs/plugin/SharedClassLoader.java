package io.cadastre.ufs.plugin;

import java.util.List;

/**
 * The parent of every plug-in: the JDK, and of this process only what both sides must have as the
 * same classes. Resources are those of the JDK, so that a plug-in's ServiceLoader does not find the
 * providers of the process. Thread-safe.
 */
final class SharedClassLoader extends ClassLoader {
  private static final List<String> SHARED =
      List.of("io.cadastre.ufs.spi.", "io.cadastre.core.", "org.slf4j.");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader process;

  SharedClassLoader(ClassLoader process) {
    super("shared-with-stores", ClassLoader.getPlatformClassLoader());
    this.process = process;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return SHARED.stream().anyMatch(name::startsWith)
        ? process.loadClass(name)
        : super.loadClass(name, resolve);
  }
}

package io.cadastre.ufs.plugin;

import java.io.IOException;
import java.io.Reader;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * One installed plug-in: a directory with jars and a file `store.properties`, whose key `schemes`
 * lists the schemes that it serves, such as `schemes=s3,s3a`. Immutable.
 *
 * @param name of its directory
 * @param schemes lower case; not empty
 */
record StorePlugin(String name, Path directory, Set<String> schemes) {
  static final String DESCRIPTION = "store.properties";

  private static final String SCHEMES = "schemes";

  StorePlugin {
    schemes = Set.copyOf(schemes);
  }

  /**
   * Reads the description; loads nothing.
   *
   * @throws IOException if it is missing or says something else
   */
  static StorePlugin read(Path directory) throws IOException {
    Properties description = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve(DESCRIPTION))) {
      description.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException(DESCRIPTION + " is no properties file: " + e.getMessage(), e);
    }
    if (!description.stringPropertyNames().equals(Set.of(SCHEMES))) {
      throw new IOException(
          DESCRIPTION + " has the keys " + description.keySet() + "; expected just schemes=A,B");
    }
    Set<String> schemes = new TreeSet<>();
    for (String scheme : description.getProperty(SCHEMES).split(",", -1)) {
      if (!scheme.strip().matches("[a-z][a-z0-9+.-]*")) {
        throw new IOException(DESCRIPTION + " names '" + scheme + "', which is no scheme");
      }
      schemes.add(scheme.strip());
    }
    return new StorePlugin(directory.getFileName().toString(), directory, schemes);
  }

  /** Its jars, by name. */
  URL[] jars() throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
      found.forEach(jars::add);
    }
    Path[] sorted = jars.toArray(Path[]::new);
    Arrays.sort(sorted);
    URL[] urls = new URL[sorted.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = url(sorted[i]);
    }
    return urls;
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toUri().toURL();
  }
}

package io.cadastre.ufs.hdfs;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;

/**
 * The options of a mount, checked, and the Hadoop configuration that they make. What is set first
 * wins: `hadoop.*`, `dfs.*` and `ipc.*` options, then the site files, then our defaults, then
 * Hadoop's.
 *
 * @param user who asks, where there is no Kerberos, or who is impersonated, where there is
 * @param principal and keytab: both or none
 */
record HdfsSettings(
    Configuration configuration,
    Optional<String> user,
    Optional<String> principal,
    Optional<Path> keytab) {
  static final String CONF_DIR = "hdfs.conf.dir";
  static final String USER = "hdfs.user";
  static final String PRINCIPAL = "hdfs.kerberos.principal";
  static final String KEYTAB = "hdfs.kerberos.keytab";

  private static final Set<String> OWN = Set.of(CONF_DIR, USER, PRINCIPAL, KEYTAB);
  private static final List<String> PASSED_ON = List.of("hadoop.", "dfs.", "ipc.");
  private static final List<String> SITE_FILES = List.of("core-site.xml", "hdfs-site.xml");
  private static final String AUTHENTICATION = "hadoop.security.authentication";

  /**
   * Reads and checks the options and the site files.
   *
   * @throws MetadataException INVALID_ARGUMENT, naming the option
   */
  static HdfsSettings of(UfsSettings settings) {
    Map<String, String> passedOn = new HashMap<>();
    Set<String> known = new HashSet<>(OWN);
    settings
        .options()
        .forEach(
            (key, value) -> {
              if (PASSED_ON.stream().anyMatch(key::startsWith)) {
                passedOn.put(key, value);
                known.add(key);
              }
            });
    settings.checkOptions(HdfsUnderFileSystemFactory.SCHEME, known);
    Configuration configuration = new HdfsConfiguration();
    configuration.setClassLoader(HdfsSettings.class.getClassLoader());
    configuration.addResource(HdfsSettings.class.getResource("defaults.xml"));
    settings.option(CONF_DIR).ifPresent(directory -> addSiteFiles(configuration, directory));
    passedOn.forEach(configuration::set);
    Optional<String> principal = settings.option(PRINCIPAL);
    Optional<Path> keytab = settings.option(KEYTAB).map(text -> file(KEYTAB, text));
    if (principal.isPresent() != keytab.isPresent()) {
      throw MetadataException.invalid(
          "option " + (principal.isPresent() ? KEYTAB : PRINCIPAL),
          "is missing; expected it together with " + (principal.isPresent() ? PRINCIPAL : KEYTAB));
    }
    HdfsSettings read = new HdfsSettings(configuration, settings.option(USER), principal, keytab);
    if (read.usesKerberos() != principal.isPresent()) {
      throw MetadataException.invalid(
          "option " + PRINCIPAL,
          read.usesKerberos()
              ? "is missing; the site files ask for Kerberos"
              : "is given, but " + AUTHENTICATION + " is not 'kerberos' in the site files");
    }
    return read;
  }

  private static void addSiteFiles(Configuration configuration, String directory) {
    List<Path> found = new ArrayList<>();
    for (String name : SITE_FILES) {
      Path file = file(CONF_DIR, directory).resolve(name);
      if (Files.isReadable(file)) {
        found.add(file);
      }
    }
    if (found.isEmpty()) {
      throw MetadataException.invalid(
          "option " + CONF_DIR,
          "'" + directory + "' has none of " + SITE_FILES + " that this master can read");
    }
    try {
      found.forEach(file -> configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri())));
      // Read now, so that a mistake in them is told to who mounts.
      configuration.size();
    } catch (RuntimeException e) {
      throw MetadataException.invalid(
          "option " + CONF_DIR, "the site files in '" + directory + "' do not parse: " + e);
    }
  }

  private static Path file(String option, String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw MetadataException.invalid(
          "option " + option, "'" + text + "' is not an absolute path of the master's machine");
    }
    return path;
  }

  boolean usesKerberos() {
    return configuration.get(AUTHENTICATION, "simple").equalsIgnoreCase("kerberos");
  }

  /** Not the configuration: it may hold secrets. */
  @Override
  public String toString() {
    return "HdfsSettings[user=" + user + ", principal=" + principal + "]";
  }
}

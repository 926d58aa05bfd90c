package io.cadastre.cli;

import io.cadastre.cli.base.CliFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this build, as the build wrote it into a resource. */
final class Version {
  private static final String RESOURCE = "version.properties";

  private Version() {}

  static String text() {
    try (InputStream input = Version.class.getResourceAsStream(RESOURCE)) {
      Properties properties = new Properties();
      properties.load(input);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw CliFailure.local("Cannot read " + RESOURCE + ": " + e.getMessage(), e);
    }
  }
}

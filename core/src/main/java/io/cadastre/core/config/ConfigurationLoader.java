package io.cadastre.core.config;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.IoErrors;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link Configuration} from the properties file and from {@code -D} overrides, and
 * refuses what it does not understand: an unknown key, a key that is there twice, a value of the
 * wrong form or out of range, settings that contradict each other. All problems are reported at
 * once, a line each.
 *
 * <p>Masters and clients may share one file, so a key that only the other one reads is fine there;
 * given as an override it is a mistake.
 */
public final class ConfigurationLoader {
  /** A configuration file is a few kilobytes; whatever is larger than this was given by mistake. */
  static final long MAX_FILE_BYTES = 1 << 20;

  private final ConfigScope scope;
  private final List<String> problems = new ArrayList<>();
  private final Map<ConfigKey<?>, Configuration.Setting> settings = new LinkedHashMap<>();

  private ConfigurationLoader(ConfigScope scope) {
    this.scope = scope;
  }

  /**
   * Loads a file and overrides.
   *
   * @param scope who reads it: MASTER or CLIENT
   * @throws MetadataException INVALID_ARGUMENT with every problem; each names the key, the value,
   *     what was expected and the place
   */
  public static Configuration load(ConfigScope scope, Path file, Map<String, String> overrides) {
    ConfigurationLoader loader = new ConfigurationLoader(scope);
    loader.readFile(file);
    return loader.finish(overrides);
  }

  /** Loads overrides only, without a file. */
  public static Configuration load(ConfigScope scope, Map<String, String> overrides) {
    return new ConfigurationLoader(scope).finish(overrides);
  }

  /**
   * The overrides in command line arguments of the form {@code -Dkey=value}; the last one of a key
   * wins.
   *
   * @throws MetadataException INVALID_ARGUMENT for an argument of another form
   */
  public static Map<String, String> overrides(List<String> arguments) {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("-D") || equals <= 2) {
        throw MetadataException.invalid(argument, "expected -Dkey=value");
      }
      overrides.put(argument.substring(2, equals).trim(), argument.substring(equals + 1));
    }
    return overrides;
  }

  private void readFile(Path file) {
    Map<String, Integer> lines = new HashMap<>();
    for (PropertiesReader.Entry entry : entries(file)) {
      String origin = file + ":" + entry.line();
      if (entry.key().isEmpty()) {
        problems.add("line without a key: expected key=value; " + origin);
        continue;
      }
      Integer before = lines.putIfAbsent(entry.key(), entry.line());
      if (before != null) {
        problems.add(
            entry.key()
                + ": set twice, at "
                + file
                + ":"
                + before
                + " and at "
                + origin
                + "; remove one of them");
        continue;
      }
      ConfigKey<?> key = ConfigKeys.byName(entry.key()).orElse(null);
      if (key == null) {
        problems.add(ConfigKeys.unknown(entry.key()) + "; " + origin);
      } else {
        put(key, entry.value(), origin);
      }
    }
  }

  private static List<PropertiesReader.Entry> entries(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw unreadable(file, "is a directory", null);
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw unreadable(file, "is larger than " + MAX_FILE_BYTES + " bytes", null);
      }
      return PropertiesReader.read(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw unreadable(
          file, "does not exist; copy conf/cadastre-site.properties.template to begin with one", e);
    } catch (IOException e) {
      throw unreadable(file, "cannot be read: " + IoErrors.text(e), e);
    } catch (PropertiesReader.MalformedLineException e) {
      throw unreadable(file, "cannot be read: " + e.getMessage() + "; " + file + ":" + e.line(), e);
    }
  }

  private static MetadataException unreadable(Path file, String problem, Throwable cause) {
    return new MetadataException(
            ErrorCode.INVALID_ARGUMENT, "The configuration file " + file + " " + problem, cause)
        .with("field", "configuration file");
  }

  private Configuration finish(Map<String, String> overrides) {
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      ConfigKey<?> key = ConfigKeys.byName(override.getKey()).orElse(null);
      if (key == null) {
        problems.add(ConfigKeys.unknown(override.getKey()) + "; -D");
      } else if (!key.scopes().contains(scope)) {
        problems.add(ConfigKeys.wrongScope(key, scope) + "; -D");
      } else {
        put(key, override.getValue(), "-D");
      }
    }
    Configuration configuration = new Configuration(settings);
    // With a value missing, what contradicts what cannot be told.
    if (problems.isEmpty()) {
      problems.addAll(ConfigRules.problems(scope, configuration));
    }
    if (!problems.isEmpty()) {
      String text = String.join("\n", problems);
      throw new MetadataException(ErrorCode.INVALID_ARGUMENT, text)
          .with("field", text.substring(0, Math.max(0, text.indexOf(':'))));
    }
    return configuration;
  }

  private void put(ConfigKey<?> key, String text, String origin) {
    try {
      Object value = key.parse(text, origin);
      settings.put(key, new Configuration.Setting(text.trim(), value, origin));
    } catch (MetadataException e) {
      problems.add(e.getMessage());
    }
  }
}

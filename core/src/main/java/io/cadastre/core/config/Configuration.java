package io.cadastre.core.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of one process: what was set, and defaults for the rest. Immutable and valid: every
 * value was parsed when it was built.
 */
public final class Configuration {
  /** What was set for one key. */
  record Setting(String text, Object value, String origin) {}

  private static final Configuration DEFAULTS = new Configuration(Map.of());

  private final Map<ConfigKey<?>, Setting> settings;

  Configuration(Map<ConfigKey<?>, Setting> settings) {
    this.settings = Map.copyOf(settings);
  }

  /** Nothing set. */
  public static Configuration defaults() {
    return DEFAULTS;
  }

  /** The value in force. */
  public <T> T get(ConfigKey<T> key) {
    Setting setting = settings.get(key);
    if (setting == null) {
      return key.defaultValue();
    }
    // Put there by key.parse of the same key.
    @SuppressWarnings("unchecked")
    T value = (T) setting.value();
    return value;
  }

  /** Where the value in force comes from: "conf/x.properties:12", "-D" or "default". */
  public String origin(ConfigKey<?> key) {
    Setting setting = settings.get(key);
    return setting == null ? "default" : setting.origin();
  }

  /** Whether the key was set, be it to its default. */
  public boolean isSet(ConfigKey<?> key) {
    return settings.containsKey(key);
  }

  /** The value in force as it may be shown: as it was written, secrets as three stars. */
  public String shown(ConfigKey<?> key) {
    Setting setting = settings.get(key);
    return key.shown(setting == null ? key.defaultText() : setting.text());
  }

  /** What was set, by name, in the order of the names; secrets as three stars. */
  public Map<String, String> explicit() {
    Map<String, String> shown = new TreeMap<>();
    settings.keySet().forEach(key -> shown.put(key.name(), shown(key)));
    return shown;
  }

  /**
   * This configuration with one more key set.
   *
   * @throws io.cadastre.core.error.MetadataException INVALID_ARGUMENT if the text is not a value of
   *     the key
   */
  public Configuration with(ConfigKey<?> key, String text, String origin) {
    Map<ConfigKey<?>, Setting> longer = new LinkedHashMap<>(settings);
    longer.put(key, new Setting(text.trim(), key.parse(text, origin), origin));
    return new Configuration(longer);
  }
}

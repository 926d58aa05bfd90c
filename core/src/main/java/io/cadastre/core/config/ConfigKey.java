package io.cadastre.core.config;

import io.cadastre.core.error.MetadataException;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One setting: its name, how its text is read, its default, who reads it, what it does. All
 * instances are in {@link ConfigKeys}.
 */
public final class ConfigKey<T> {
  private final String name;
  private final ValueType<T> type;
  private final Supplier<String> defaultText;
  private final String defaultDoc;
  private final Set<ConfigScope> scopes;
  private final ConfigSection section;
  private final String doc;
  private final boolean secret;

  ConfigKey(
      ConfigSection section,
      Set<ConfigScope> scopes,
      String name,
      ValueType<T> type,
      Supplier<String> defaultText,
      String defaultDoc,
      String doc,
      boolean secret) {
    this.section = section;
    this.scopes = Set.copyOf(scopes);
    this.name = name;
    this.type = type;
    this.defaultText = defaultText;
    this.defaultDoc = defaultDoc;
    this.doc = doc;
    this.secret = secret;
  }

  public String name() {
    return name;
  }

  /** Unit of the value for people: "duration", "bytes", "entries", ...; "" if there is none. */
  public String unit() {
    return type.unit();
  }

  /** What is allowed, in short: "10ms to 1m"; "" if anything of the unit is. */
  public String range() {
    return type.range();
  }

  /** What a user should write, with the range. */
  public String expected() {
    return type.expected();
  }

  public Set<ConfigScope> scopes() {
    return scopes;
  }

  /** What it does, one or two sentences. */
  public String doc() {
    return doc;
  }

  /** Whether the value must not be shown to anybody. */
  public boolean secret() {
    return secret;
  }

  /** The default as it would be written in a file; on this machine, if it depends on that. */
  public String defaultText() {
    return defaultText.get();
  }

  /** The default as the reference page says it, such as "64MB" or "max(2, cores)". */
  public String defaultDoc() {
    return defaultDoc;
  }

  public T defaultValue() {
    return parse(defaultText.get(), "default");
  }

  /** The text as it may be shown: itself, or three stars if it is a secret. */
  public String shown(String text) {
    return secret && !text.isEmpty() ? "***" : text;
  }

  /**
   * Reads a value.
   *
   * @param origin where the text comes from, for the error: "conf/x.properties:12", "-D", "policy
   *     /a"
   * @throws MetadataException INVALID_ARGUMENT naming key, value, origin and what was expected
   */
  public T parse(String text, String origin) {
    String trimmed = text.trim();
    try {
      return type.parse(trimmed);
    } catch (IllegalArgumentException e) {
      // The value of a secret must not come back in the message of its parser either.
      String problem = e.getMessage() == null || secret ? "" : " (" + e.getMessage() + ")";
      throw MetadataException.invalid(
              name,
              "got '" + shown(trimmed) + "'" + problem + "; expected " + expected() + "; " + origin)
          .with("origin", origin);
    }
  }

  ConfigSection section() {
    return section;
  }

  @Override
  public String toString() {
    return name;
  }
}

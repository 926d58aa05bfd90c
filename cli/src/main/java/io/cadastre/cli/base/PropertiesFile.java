package io.cadastre.cli.base;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Small properties files that the CLI keeps itself, in UTF-8, replaced as a whole. */
public final class PropertiesFile {
  private PropertiesFile() {}

  public static Map<String, String> read(Path file) {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      Properties properties = new Properties();
      properties.load(reader);
      Map<String, String> values = new TreeMap<>();
      properties.stringPropertyNames().forEach(name -> values.put(name, read(properties, name)));
      return values;
    } catch (IOException | IllegalArgumentException e) {
      throw CliFailure.local("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String read(Properties properties, String name) {
    return properties.getProperty(name).strip();
  }

  /** Writes the lines in the order of the map, through a temporary file beside it. */
  public static void write(Path file, String comment, Map<String, String> values) {
    StringBuilder text = new StringBuilder("# ").append(comment).append('\n');
    values.forEach((key, value) -> text.append(key).append('=').append(escape(value)).append('\n'));
    writeText(file, text.toString());
  }

  /** Replaces a small file as a whole. */
  public static void writeText(Path file, String text) {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw CliFailure.local("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static String escape(String value) {
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return escaped.startsWith(" ") ? "\\" + escaped : escaped;
  }
}

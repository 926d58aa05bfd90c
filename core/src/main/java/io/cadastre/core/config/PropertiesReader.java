package io.cadastre.core.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Reads the format of {@link Properties} and keeps what that class forgets: the line of each entry,
 * and entries whose key came before. The bytes must be UTF-8: what else they may mean would be a
 * guess.
 */
final class PropertiesReader {
  /** One entry; `line` counts from 1 and is the line its key is on. */
  record Entry(String key, String value, int line) {}

  /** A line that cannot be read. */
  static final class MalformedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    MalformedLineException(int line, String message, Throwable cause) {
      super(message, cause);
      this.line = line;
    }

    int line() {
      return line;
    }
  }

  private PropertiesReader() {}

  static List<Entry> read(byte[] bytes) throws MalformedLineException {
    String text = decode(bytes);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    List<Entry> entries = new ArrayList<>();
    String[] lines = text.split("\r\n|\r|\n", -1);
    for (int i = 0; i < lines.length; i++) {
      int first = i;
      String start = lines[i].stripLeading();
      if (start.isEmpty() || start.charAt(0) == '#' || start.charAt(0) == '!') {
        continue;
      }
      StringBuilder logical = new StringBuilder(lines[i]);
      while (continues(lines[i]) && i + 1 < lines.length) {
        i++;
        logical.append('\n').append(lines[i]);
      }
      entry(logical.toString(), first + 1).ifPresent(entries::add);
    }
    return entries;
  }

  /** An odd number of backslashes at the end joins a line with the next one. */
  private static boolean continues(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static Optional<Entry> entry(String logicalLine, int line) throws MalformedLineException {
    Properties one = new Properties();
    try {
      one.load(new StringReader(logicalLine));
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedLineException(line, e.getMessage(), e);
    }
    // A lone backslash before nothing is an entry to nobody.
    return one.stringPropertyNames().stream()
        .findFirst()
        .map(key -> new Entry(key, one.getProperty(key), line));
  }

  private static String decode(byte[] bytes) throws MalformedLineException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
    } catch (CharacterCodingException e) {
      // The decoder stops in front of what it does not understand.
      String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
      throw new MalformedLineException(
          before.split("\r\n|\r|\n", -1).length, "a byte that is not UTF-8", e);
    }
  }
}

package io.cadastre.core.config;

import java.util.Locale;

/**
 * A number of bytes: {@code 64KB}, {@code 64MB}, {@code 1GB}, in multiples of 1024; a bare number
 * is bytes.
 */
public final class ByteSizeType implements ValueType<Long> {
  private final long min;
  private final long max;
  private final String range;

  private ByteSizeType(String min, String max) {
    this.min = bytes(min);
    this.max = bytes(max);
    this.range = min + " to " + max;
  }

  public static ByteSizeType between(String min, String max) {
    return new ByteSizeType(min, max);
  }

  @Override
  public Long parse(String text) {
    long bytes = bytes(text);
    if (bytes < min || bytes > max) {
      throw new IllegalArgumentException("out of range");
    }
    return bytes;
  }

  private static long bytes(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0) {
      throw new IllegalArgumentException();
    }
    long factor =
        switch (text.substring(digits).trim().toUpperCase(Locale.ROOT)) {
          case "", "B" -> 1;
          case "K", "KB", "KIB" -> 1L << 10;
          case "M", "MB", "MIB" -> 1L << 20;
          case "G", "GB", "GIB" -> 1L << 30;
          case "T", "TB", "TIB" -> 1L << 40;
          default ->
              throw new IllegalArgumentException(
                  "unknown unit '" + text.substring(digits).trim() + "'");
        };
    return Numbers.times(text.substring(0, digits), factor);
  }

  @Override
  public String expected() {
    return "a size from " + range + ", such as 64KB, 64MB or 1GB (a bare number is bytes)";
  }

  @Override
  public String unit() {
    return "bytes";
  }

  @Override
  public String range() {
    return range;
  }
}

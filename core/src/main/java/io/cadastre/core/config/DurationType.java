package io.cadastre.core.config;

import java.time.Duration;

/**
 * A duration in whole milliseconds: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code
 * 7d}; a bare number is milliseconds. Where it is allowed, {@code -1} means never and is returned
 * as a duration of -1 ms.
 */
public final class DurationType implements ValueType<Duration> {
  static final Duration NEVER = Duration.ofMillis(-1);

  private final long minMillis;
  private final long maxMillis;
  private final boolean neverAllowed;
  private final String range;

  private DurationType(String min, String max, boolean neverAllowed) {
    this.minMillis = millis(min);
    this.maxMillis = millis(max);
    this.neverAllowed = neverAllowed;
    this.range = min + " to " + max;
  }

  public static DurationType between(String min, String max) {
    return new DurationType(min, max, false);
  }

  public static DurationType betweenOrNever(String min, String max) {
    return new DurationType(min, max, true);
  }

  @Override
  public Duration parse(String text) {
    if (neverAllowed && text.equals("-1")) {
      return NEVER;
    }
    long millis = millis(text);
    if (millis < minMillis || millis > maxMillis) {
      throw new IllegalArgumentException("out of range");
    }
    return Duration.ofMillis(millis);
  }

  private static long millis(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0) {
      throw new IllegalArgumentException();
    }
    long factor =
        switch (text.substring(digits).trim()) {
          case "", "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default ->
              throw new IllegalArgumentException(
                  "unknown unit '" + text.substring(digits).trim() + "'");
        };
    return Numbers.times(text.substring(0, digits), factor);
  }

  @Override
  public String expected() {
    return "a duration from "
        + range
        + ", such as 500ms, 10s, 5m, 24h or 7d (a bare number is milliseconds)"
        + (neverAllowed ? ", or -1 for never" : "");
  }

  @Override
  public String unit() {
    return "duration";
  }

  @Override
  public String range() {
    return range + (neverAllowed ? ", or -1" : "");
  }
}

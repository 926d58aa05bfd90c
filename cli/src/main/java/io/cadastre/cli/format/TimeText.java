package io.cadastre.cli.format;

import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moments as text. Input is always UTC milliseconds since 1970. */
public final class TimeText {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS xxx", Locale.ROOT);
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d|)");

  private TimeText() {}

  /**
   * A duration as users write it: `500ms`, `10s`, `5m`, `24h`, `7d`; a bare number is milliseconds.
   *
   * @param field the option, for the message
   * @throws MetadataException INVALID_ARGUMENT
   */
  public static Duration parseDuration(String text, String field) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw invalidDuration(text, field);
    }
    long factor =
        switch (matcher.group(2)) {
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> 1;
        };
    try {
      return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
    } catch (ArithmeticException e) {
      throw invalidDuration(text, field);
    }
  }

  private static MetadataException invalidDuration(String text, String field) {
    return MetadataException.invalid(
        field,
        "got '"
            + text
            + "'; expected a duration such as 500ms, 10s, 5m, 24h or 7d (a bare number is"
            + " milliseconds)");
  }

  /** As a listing shows it: `2026-11-21 14:03`. */
  public static String minute(long millis, ZoneId zone) {
    return MINUTE.format(Instant.ofEpochMilli(millis).atZone(zone));
  }

  /** ISO-8601 in UTC with milliseconds: `2026-11-21T13:03:07.250Z`. */
  public static String utc(long millis) {
    return ISO.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
  }

  /** Local time with its offset, and UTC behind it; `never` at 0. */
  public static String full(long millis, ZoneId zone) {
    if (millis == 0) {
      return "never";
    }
    return MILLIS.format(Instant.ofEpochMilli(millis).atZone(zone)) + " (" + utc(millis) + ")";
  }

  /** A length of time for people: `350 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
  public static String elapsed(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", Math.floor(millis / 100.0) / 10);
    }
    long seconds = millis / 1_000;
    if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
  }
}

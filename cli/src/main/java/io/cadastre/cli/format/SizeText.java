package io.cadastre.cli.format;

import io.cadastre.core.error.MetadataException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as text. */
public final class SizeText {
  private static final String[] UNITS = {"K", "M", "G", "T", "P", "E"};

  private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s?(?:([KMGTP])(?:I?B)?|B|)");

  private SizeText() {}

  /**
   * A size as users write it: `64KB`, `10M`, `1GiB`, in powers of 1,024; a bare number is bytes.
   *
   * @param field the option, for the message
   * @throws MetadataException INVALID_ARGUMENT
   */
  public static long parse(String text, String field) {
    Matcher matcher = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (matcher.matches()) {
      int shift = matcher.group(2) == null ? 0 : 10 * ("KMGTP".indexOf(matcher.group(2)) + 1);
      long number = Long.parseLong(matcher.group(1));
      if (number <= Long.MAX_VALUE >> shift) {
        return number << shift;
      }
    }
    throw MetadataException.invalid(
        field, "got '" + text + "'; expected a size such as 500, 64KB, 10MB or 1GB");
  }

  /** As `hdfs dfs -ls -h` shows it, in powers of 1,024: `512`, `1.5 K`, `20 G`. */
  public static String human(long bytes) {
    if (bytes < 1_024) {
      return Long.toString(bytes);
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1_024 && unit < UNITS.length - 1) {
      value /= 1_024;
      unit++;
    }
    String number = String.format(Locale.ROOT, "%.1f", value);
    if (number.equals("1024.0") && unit < UNITS.length - 1) {
      number = "1.0";
      unit++;
    }
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + " "
        + UNITS[unit];
  }

  /** Exact with `human` false, else {@link #human}. */
  public static String of(long bytes, boolean human) {
    return human ? human(bytes) : Long.toString(bytes);
  }

  /** A count with separators: `1,234,567`. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}

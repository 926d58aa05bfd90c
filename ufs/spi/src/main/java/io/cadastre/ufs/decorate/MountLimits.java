package io.cadastre.ufs.decorate;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsSettings;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The options that any mount may have, whatever its store, and that no store is given.
 *
 * @param concurrency most requests at the store at once; by default what the master allows
 * @param requestsPerSecond most requests in a second; by default any number
 */
public record MountLimits(OptionalInt concurrency, OptionalInt requestsPerSecond) {
  private static final int MAX_CONCURRENCY = 1_024;
  private static final int MAX_PER_SECOND = 1_000_000;

  /**
   * Takes them from the options of a mount.
   *
   * @throws MetadataException INVALID_ARGUMENT, naming the option
   */
  public static MountLimits of(Map<String, String> options) {
    return new MountLimits(
        number(options, UfsSettings.REQUESTS_CONCURRENCY, MAX_CONCURRENCY),
        number(options, UfsSettings.REQUESTS_PER_SECOND, MAX_PER_SECOND));
  }

  /** The other options, which are for the store. */
  public static Map<String, String> others(Map<String, String> options) {
    Map<String, String> others = new TreeMap<>(options);
    others.keySet().removeAll(UfsSettings.COMMON_OPTIONS);
    return others;
  }

  private static OptionalInt number(Map<String, String> options, String key, int most) {
    String text = options.get(key);
    if (text == null) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 1 && number <= most) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException e) {
      // Told below, as any other number that does not fit.
    }
    throw MetadataException.invalid(
        "option " + key, "'" + text + "'; expected a whole number from 1 to " + most);
  }
}

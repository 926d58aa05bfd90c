package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.StorePrices;
import io.cadastre.ufs.spi.StoreRequests.Kind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The prices that the option `s3.prices` names. Stateless. */
final class RequestPrices {
  static final String EXPECTED =
      "aws, none, or dollars for 1,000 requests such as LIST=0.005,HEAD=0.0004";

  /** Of S3 Standard in us-east-1, by the price list of 2026; deletes are free. */
  private static final StorePrices AWS =
      new StorePrices(
          Map.of(
              Kind.LIST, 0.005,
              Kind.PUT, 0.005,
              Kind.COPY, 0.005,
              Kind.GET, 0.0004,
              Kind.HEAD, 0.0004,
              Kind.OTHER, 0.0004));

  private static final double MOST_DOLLARS = 1_000;

  private RequestPrices() {}

  /** The prices; empty if the text cannot be read. */
  static Optional<StorePrices> parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "aws" -> Optional.of(AWS);
      case "none" -> Optional.of(StorePrices.NONE);
      default -> list(text);
    };
  }

  private static Optional<StorePrices> list(String text) {
    Map<Kind, Double> prices = new EnumMap<>(Kind.class);
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        return Optional.empty();
      }
      try {
        Kind kind = Kind.valueOf(part.substring(0, equals).strip().toUpperCase(Locale.ROOT));
        double dollars = Double.parseDouble(part.substring(equals + 1).strip());
        if (!(dollars >= 0 && dollars <= MOST_DOLLARS) || prices.put(kind, dollars) != null) {
          return Optional.empty();
        }
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.of(new StorePrices(prices));
  }
}

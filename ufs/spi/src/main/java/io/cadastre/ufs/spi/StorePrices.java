package io.cadastre.ufs.spi;

import io.cadastre.ufs.spi.StoreRequests.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an operator of a store bills for requests, in dollars for a thousand of a kind. A kind
 * without a price costs nothing. Immutable.
 */
public final class StorePrices {
  /** Nothing is known of what requests cost. */
  public static final StorePrices NONE = new StorePrices(Map.of());

  private final Map<Kind, Double> dollarsPerThousand = new EnumMap<>(Kind.class);

  public StorePrices(Map<Kind, Double> dollarsPerThousand) {
    this.dollarsPerThousand.putAll(dollarsPerThousand);
  }

  public boolean isKnown() {
    return !dollarsPerThousand.isEmpty();
  }

  /** An estimate: what a bill rounds, and what it grants for free, is not in it. */
  public double dollars(StoreRequests requests) {
    double dollars = 0;
    for (Map.Entry<Kind, Double> price : dollarsPerThousand.entrySet()) {
      dollars += requests.of(price.getKey()) * price.getValue() / 1_000;
    }
    return dollars;
  }
}

package io.cadastre.ufs.spi;

import java.util.EnumMap;
import java.util.Map;

/**
 * Requests that really went to a store over the wire, by kind: each page, each retry, each look
 * before a change. This is what a store's operator bills. Immutable.
 */
public final class StoreRequests {
  /** Those of a store that does not count. */
  public static final StoreRequests NONE = new StoreRequests(Map.of());

  /** Kinds as object stores price them. */
  public enum Kind {
    LIST,
    HEAD,
    GET,
    /** Writing, the steps of a multipart upload included. */
    PUT,
    /** Copying within the store, of a whole object or of a part. */
    COPY,
    /** Deleting, one key or many by one request. */
    DELETE,
    OTHER
  }

  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  public StoreRequests(Map<Kind, Long> counts) {
    this.counts.putAll(counts);
  }

  public long of(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What was sent since an earlier snapshot. */
  public StoreRequests since(StoreRequests earlier) {
    Map<Kind, Long> sent = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      sent.put(kind, of(kind) - earlier.of(kind));
    }
    return new StoreRequests(sent);
  }

  /** Kinds with their counts, for example `{LIST=3, HEAD=1}`. */
  @Override
  public String toString() {
    return counts.toString();
  }
}

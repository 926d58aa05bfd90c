package io.cadastre.client;

import io.cadastre.core.error.MetadataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The masters that this client knows: the configured ones, and those that they or the caller named.
 * Thread-safe. Never more than {@link #MAX_MASTERS}.
 */
final class Masters {
  static final int MAX_MASTERS = 64;

  private final IoLoop loop;
  private final List<String> configured;
  private final Map<String, MasterChannel> channels = new LinkedHashMap<>();
  private boolean closed;

  Masters(List<String> configured, IoLoop loop) {
    Checks.require(
        configured.size() <= MAX_MASTERS, "masters", "at most " + MAX_MASTERS + " expected");
    this.loop = loop;
    this.configured = configured;
    configured.forEach(address -> channels.put(address, new MasterChannel(address, loop)));
  }

  /** In the order of the configuration. */
  synchronized List<MasterChannel> configured() {
    return configured.stream().map(channels::get).toList();
  }

  /** All that are known, the configured ones first. */
  synchronized List<MasterChannel> all() {
    return new ArrayList<>(channels.values());
  }

  /** The master of this address, made known if it is not. */
  synchronized MasterChannel get(String address) {
    MasterChannel known = channels.get(address);
    if (known != null) {
      return known;
    }
    if (closed) {
      throw CallErrors.closed();
    }
    Checks.require(
        channels.size() < MAX_MASTERS, "master", "at most " + MAX_MASTERS + " different masters");
    MasterChannel learned = new MasterChannel(address, loop);
    channels.put(address, learned);
    return learned;
  }

  /** As {@link #get} for what another master said; empty if it is no address, or one too many. */
  synchronized Optional<MasterChannel> learn(String address) {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(get(address));
    } catch (MetadataException notAnAddress) {
      return Optional.empty();
    }
  }

  synchronized void close() {
    closed = true;
    channels.values().forEach(MasterChannel::close);
  }
}

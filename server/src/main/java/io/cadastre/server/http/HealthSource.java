package io.cadastre.server.http;

/** Who knows how this master is. */
@FunctionalInterface
public interface HealthSource {
  /** The state at this moment, from memory: called by HTTP threads, must not block or throw. */
  Health health();
}

package io.cadastre.client;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the tests of this package share. */
final class Clients {
  private Clients() {}

  static MetadataClientBuilder of(String... masters) {
    return MetadataClient.builder()
        .masters(Stream.of(masters).toList())
        .user("tester")
        .callTimeout(Duration.ofSeconds(10));
  }

  static MetadataClientBuilder of(FakeMaster... masters) {
    return of(Stream.of(masters).map(FakeMaster::address).toArray(String[]::new));
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (RuntimeException) e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static MetadataException failureOf(Runnable call) {
    return catchThrowableOfType(MetadataException.class, call::run);
  }
}

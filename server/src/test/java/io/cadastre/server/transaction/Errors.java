package io.cadastre.server.transaction;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.cadastre.core.error.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What calls fail with. */
final class Errors {
  private Errors() {}

  /** Waits until the call fails, and says with which code. */
  static ErrorCode of(CompletableFuture<Applied> call) {
    return MetadataExceptions.unwrap(catchThrowable(() -> call.get(10, TimeUnit.SECONDS))).code();
  }
}

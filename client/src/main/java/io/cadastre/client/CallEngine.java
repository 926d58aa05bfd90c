package io.cadastre.client;

import java.util.concurrent.CompletableFuture;

final class CallEngine {
  CallEngine(ClientSettings settings) {}

  <T> CompletableFuture<Answer<T>> submit(Operation<T> operation, CallSettings call) {
    throw new UnsupportedOperationException();
  }

  <T> Answer<T> await(Operation<T> operation, CallSettings call) {
    throw new UnsupportedOperationException();
  }

  long lastSeenIndex() {
    return 0;
  }

  void close() {}
}

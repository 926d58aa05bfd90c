package io.cadastre.bench.load;

import io.cadastre.client.Operation;

/** Gives each caller its next operation. Called by many threads at once. */
@FunctionalInterface
public interface OperationSource {
  /** The next operation, or null when there are no more. */
  Operation<?> next();
}

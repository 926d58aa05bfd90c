package io.cadastre.server.transaction;

import io.cadastre.core.api.proto.Done;

/**
 * The answer of a mutation.
 *
 * @param stateIndex at which it took effect, or was found to be so already
 */
public record Applied(Done done, long stateIndex, long term) {}

package io.cadastre.client;

import io.cadastre.core.api.proto.ServedAt;

/**
 * Where and when an answer was read; for a mutation, where and at which index it was applied.
 *
 * @param stateIndex the state index of the answer
 * @param term the term in which the answering master served
 * @param node the name of the answering master
 * @param ageMillis milliseconds by which the answer may lag behind the newest state; 0 for
 *     linearizable answers
 * @param staleReason why the answer could not be compared with its store; empty if nothing is wrong
 */
public record Served(long stateIndex, long term, String node, int ageMillis, String staleReason) {

  static Served of(ServedAt served, String frameNode) {
    String node = served.getNode().isEmpty() ? frameNode : served.getNode();
    return new Served(
        served.getStateIndex(),
        served.getTerm(),
        node,
        served.getAgeMillis(),
        served.getStaleReason());
  }
}

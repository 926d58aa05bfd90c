package io.cadastre.client;

import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.error.MetadataException;
import java.util.Optional;

/**
 * What one master said of itself, or why it did not.
 *
 * @param master its client address, host:port
 * @param info its answer; empty if it gave none
 * @param error why there is no answer; empty if there is one
 */
public record NodeAnswer(
    String master, Optional<NodeInfo> info, Optional<MetadataException> error) {
  static NodeAnswer of(String master, NodeInfo info) {
    return new NodeAnswer(master, Optional.of(info), Optional.empty());
  }

  static NodeAnswer failed(String master, MetadataException error) {
    return new NodeAnswer(master, Optional.empty(), Optional.of(error));
  }
}

package io.cadastre.cli.pathconf;

import io.cadastre.cli.format.Json;
import io.cadastre.core.api.proto.PathPolicy;
import io.cadastre.core.api.proto.Property;
import java.util.LinkedHashMap;
import java.util.Map;

/** A policy as JSON. */
final class PolicyText {
  private PolicyText() {}

  static Json json(PathPolicy policy) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (Property property : policy.getPropertiesList()) {
      properties.put(property.getKey(), property.getValue());
    }
    return Json.object().put("path", policy.getPath()).put("properties", properties);
  }
}

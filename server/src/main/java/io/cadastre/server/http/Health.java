package io.cadastre.server.http;

import java.util.List;

/**
 * How a master is.
 *
 * @param node its name
 * @param clusterId UUID of its cluster; empty before it is known
 * @param version of the program
 * @param live it works; when false, restart it
 * @param ready it takes part in the cluster: it is the leader and serves, or it follows one
 * @param leader it is the leader and its write gate is open
 * @param role LEADER, LEADER_STARTING, FOLLOWER, CANDIDATE or STOPPED
 * @param term the Raft term it knows
 * @param appliedIndex state index of the newest entry it has applied
 * @param leaderAddress host:port of the leader's client port; empty if it knows none
 * @param warnings what an operator should know, a sentence each, such as an insecure network
 */
public record Health(
    String node,
    String clusterId,
    String version,
    boolean live,
    boolean ready,
    boolean leader,
    String role,
    long term,
    long appliedIndex,
    String leaderAddress,
    List<String> warnings) {
  public Health {
    warnings = List.copyOf(warnings);
  }

  /** As a JSON object, one member a line. */
  String toJson() {
    StringBuilder json = new StringBuilder("{\n");
    member(json, "node", quoted(node));
    member(json, "clusterId", quoted(clusterId));
    member(json, "version", quoted(version));
    member(json, "live", String.valueOf(live));
    member(json, "ready", String.valueOf(ready));
    member(json, "leader", String.valueOf(leader));
    member(json, "role", quoted(role));
    member(json, "term", String.valueOf(term));
    member(json, "appliedIndex", String.valueOf(appliedIndex));
    member(json, "leaderAddress", quoted(leaderAddress));
    List<String> quotedWarnings = warnings.stream().map(Health::quoted).toList();
    json.append("  \"warnings\": [").append(String.join(", ", quotedWarnings)).append("]\n}\n");
    return json.toString();
  }

  private static void member(StringBuilder json, String name, String value) {
    json.append("  \"").append(name).append("\": ").append(value).append(",\n");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}

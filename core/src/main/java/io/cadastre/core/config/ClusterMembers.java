package io.cadastre.core.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The masters of a cluster, in the order of the configuration: {@code
 * m1=host:raft:rpc:http,m2=...}. Names and addresses are distinct, and there is at least one.
 */
public final class ClusterMembers {
  /** Raft with more voters only gets slower; the limit also catches a list pasted twice. */
  static final int MAX_MEMBERS = 9;

  private final List<ClusterMember> members;

  private ClusterMembers(List<ClusterMember> members) {
    this.members = List.copyOf(members);
  }

  /**
   * Parses the text of {@code cadastre.cluster.members}.
   *
   * @throws IllegalArgumentException naming the entry and what is wrong with it
   */
  public static ClusterMembers parse(String text) {
    List<ClusterMember> members = new ArrayList<>();
    Map<String, String> taken = new HashMap<>();
    for (String entry : text.split(",", -1)) {
      ClusterMember member = parseMember(entry.trim());
      for (ClusterMember other : members) {
        if (other.name().equals(member.name())) {
          throw new IllegalArgumentException("the name '" + member.name() + "' is there twice");
        }
      }
      claim(taken, member.raft(), member.name() + "'s Raft port");
      claim(taken, member.rpc(), member.name() + "'s client port");
      claim(taken, member.http(), member.name() + "'s HTTP port");
      members.add(member);
    }
    if (members.size() > MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " members; at most " + MAX_MEMBERS);
    }
    return new ClusterMembers(members);
  }

  private static ClusterMember parseMember(String entry) {
    if (entry.isEmpty()) {
      throw new IllegalArgumentException("an entry is empty");
    }
    int equals = entry.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException("'" + entry + "' does not start with NAME=");
    }
    String name = entry.substring(0, equals).trim();
    NodeNameType.check(name);
    String address = entry.substring(equals + 1).trim();
    int hostEnd = HostPort.hostEnd(address);
    String[] ports =
        hostEnd > 0 && hostEnd < address.length() && address.charAt(hostEnd) == ':'
            ? address.substring(hostEnd + 1).split(":", -1)
            : new String[0];
    if (ports.length != 3) {
      throw new IllegalArgumentException("'" + entry + "' is not NAME=HOST:RAFT:RPC:HTTP");
    }
    try {
      String host = HostPort.unbracketed(address.substring(0, hostEnd));
      ClusterMember member =
          new ClusterMember(
              name,
              host,
              HostPort.parsePort(ports[0]),
              HostPort.parsePort(ports[1]),
              HostPort.parsePort(ports[2]));
      member.raft();
      member.rpc();
      member.http();
      return member;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + entry + "': " + e.getMessage(), e);
    }
  }

  private static void claim(Map<String, String> taken, HostPort address, String by) {
    String other = taken.putIfAbsent(address.toString(), by);
    if (other != null) {
      throw new IllegalArgumentException(address + " is both " + other + " and " + by);
    }
  }

  /** In the order of the configuration; never empty. */
  public List<ClusterMember> all() {
    return members;
  }

  public int size() {
    return members.size();
  }

  public Optional<ClusterMember> byName(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** The names in order, for messages. */
  public List<String> names() {
    return members.stream().map(ClusterMember::name).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClusterMembers that && members.equals(that.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  /** As in the configuration; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return String.join(",", members.stream().map(ClusterMember::toString).toList());
  }
}

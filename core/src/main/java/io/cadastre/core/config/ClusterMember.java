package io.cadastre.core.config;

/**
 * One voting master: its name, the host others reach it at, and its three ports (Raft between
 * masters, gRPC for clients, HTTP for metrics and health).
 */
public record ClusterMember(String name, String host, int raftPort, int rpcPort, int httpPort) {
  public HostPort raft() {
    return new HostPort(host, raftPort);
  }

  public HostPort rpc() {
    return new HostPort(host, rpcPort);
  }

  public HostPort http() {
    return new HostPort(host, httpPort);
  }

  /** As in the configuration: {@code name=host:raft:rpc:http}. */
  @Override
  public String toString() {
    return name + "=" + raft() + ":" + rpcPort + ":" + httpPort;
  }
}

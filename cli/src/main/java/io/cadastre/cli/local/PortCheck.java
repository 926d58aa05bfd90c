package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds out that a port is taken before a master does. */
final class PortCheck {
  private PortCheck() {}

  /**
   * @throws CliFailure CONFLICT, naming the port and what to do
   */
  static void requireFree(ClusterMember member) {
    requireFree(member, "Raft", member.raft());
    requireFree(member, "client", member.rpc());
    requireFree(member, "HTTP", member.http());
  }

  private static void requireFree(ClusterMember member, String use, HostPort address) {
    try (ServerSocket socket =
        new ServerSocket(address.port(), 1, InetAddress.getByName(address.host()))) {
      if (!socket.isBound()) {
        throw new IOException("not bound");
      }
    } catch (IOException e) {
      throw new CliFailure(
          ExitCodes.CONFLICT,
          "Port "
              + address
              + " ("
              + use
              + " port of "
              + member.name()
              + ") is not free: "
              + e.getMessage()
              + ". Stop what listens there (another local cluster? see `cadastre local status`), or"
              + " start a new cluster with another --dir and --base-port.",
          e);
    }
  }
}

package io.cadastre.core.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that have to be told one, and that nobody chose by hand: rehearsals and tests.
 *
 * <p>They are below the ones that systems give to outgoing connections (32768 and up on Linux,
 * 49152 and up elsewhere). A port that the system itself picked, as for a socket bound to port 0,
 * is one of those: once it is let go, any connection that anybody opens may get it before the
 * server does. Thread-safe; no port is given out twice within thousands of others.
 */
public final class FreePorts {
  private static final int FIRST = 10_000;
  private static final int COUNT = 9_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private FreePorts() {}

  /**
   * Different ports that nobody listens on, of loopback.
   *
   * @throws UncheckedIOException if there are not so many
   */
  public static List<Integer> find(int count) {
    List<Integer> ports = new ArrayList<>(count);
    for (int tried = 0; ports.size() < count && tried < COUNT; tried++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new UncheckedIOException(
          new IOException(
              "No " + count + " free ports from " + FIRST + " to " + (FIRST + COUNT - 1)));
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}

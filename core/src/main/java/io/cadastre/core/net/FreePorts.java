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
 * server does. Thread-safe; no port is given out twice within thousands of others, also not to
 * another process beside this one if each has a {@value #PART} of its own.
 */
public final class FreePorts {
  /**
   * Which of these ports this process takes: 1 to {@value #PARTS}; all of them if it is not set.
   */
  private static final String PART = "cadastre.free.ports.part";

  private static final int PARTS = 3;
  private static final int ALL = 9_000;
  private static final int COUNT = Integer.getInteger(PART) == null ? ALL : ALL / PARTS;
  private static final int FIRST = 10_000 + COUNT * (Integer.getInteger(PART, 1) - 1);

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

package io.cadastre.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Processes of other programs. */
class ProcessTableTest {
  /** Holds a port, has many threads and much memory: takes a while to die. */
  static final class PortHolder {
    private static byte[][] memory;

    public static void main(String[] arguments) throws Exception {
      memory = new byte[64][1 << 20];
      for (int i = 0; i < 200; i++) {
        Thread thread =
            new Thread(
                () -> {
                  while (memory.length > 0) {
                    java.util.concurrent.locks.LockSupport.park();
                  }
                });
        thread.start();
      }
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        System.out.println(socket.getLocalPort());
        socket.accept();
      }
    }
  }

  @Test
  void whatIsGoneHoldsNoPort() throws Exception {
    for (int round = 0; round < 5; round++) {
      String argument = "holder-" + round;
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  PortHolder.class.getName(),
                  argument)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        int port = Integer.parseInt(out.readLine());
        assertThat(ProcessTable.state(process.pid(), argument))
            .isEqualTo(ProcessTable.State.RUNNING);
        assertThat(ProcessTable.state(process.pid(), "another")).isEqualTo(ProcessTable.State.GONE);
        ProcessTable.signal(process.pid(), "KILL");
        Awaitility.await()
            .pollDelay(0, TimeUnit.MILLISECONDS)
            .pollInterval(1, TimeUnit.MILLISECONDS)
            .until(() -> ProcessTable.state(process.pid(), argument) == ProcessTable.State.GONE);
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
          assertThat(socket.isBound()).isTrue();
        }
      } finally {
        process.destroyForcibly();
      }
    }
  }
}

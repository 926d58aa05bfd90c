package io.cadastre.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void theyDifferAndAreBelowThoseOfOutgoingConnections() {
    List<Integer> ports = FreePorts.find(500);
    assertThat(ports).hasSize(500).doesNotHaveDuplicates().allMatch(p -> p >= 10_000 && p < 32_768);
    assertThat(FreePorts.find(500)).doesNotContainAnyElementsOf(ports);
  }

  @Test
  void aPortThatIsListenedOnIsLeftOut() throws IOException {
    int port = FreePorts.find(1).get(0);
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 10; i++) {
        assertThat(FreePorts.find(1_000)).doesNotContain(taken.getLocalPort());
      }
    }
  }
}

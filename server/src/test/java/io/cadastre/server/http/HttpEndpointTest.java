package io.cadastre.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
  private static final Health FOLLOWER =
      new Health(
          "m2", "c-1", "0.1.0", true, true, false, "FOLLOWER", 7, 42, "127.0.0.1:19871", List.of());

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Metrics metrics = new Metrics();
  private volatile HealthSource source = () -> FOLLOWER;
  private final HttpEndpoint endpoint =
      HttpEndpoint.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          metrics,
          () -> source.health());

  @AfterEach
  void close() {
    endpoint.close();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
  }

  private static Health health(boolean live, boolean ready, boolean leader, String... warnings) {
    return new Health(
        "m1", "c-1", "0.1.0", live, ready, leader, "LEADER", 7, 42, "h:1", List.of(warnings));
  }

  @Test
  void metricsInPrometheusText() throws Exception {
    metrics.counter(MetricNames.LOCK_TIMEOUTS).inc(3);
    HttpResponse<String> response = send("GET", "/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).contains("\ncadastre_locks_timeouts_total 3\n");
  }

  @Test
  void healthAsJson() throws Exception {
    source = () -> health(true, true, true, "the network is \"insecure\"", "a\nb\\");
    HttpResponse<String> response = send("GET", "/health?pretty");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body())
        .isEqualTo(
            """
            {
              "node": "m1",
              "clusterId": "c-1",
              "version": "0.1.0",
              "live": true,
              "ready": true,
              "leader": true,
              "role": "LEADER",
              "term": 7,
              "appliedIndex": 42,
              "leaderAddress": "h:1",
              "warnings": ["the network is \\"insecure\\"", "a\\u000ab\\\\"]
            }
            """);
  }

  @Test
  void probesAreAnsweredByStatus() throws Exception {
    assertThat(send("GET", "/health/live").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/health/ready").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/health/leader").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/health/leader").body()).isEqualTo("not leader\n");
    source = () -> health(false, false, true);
    assertThat(send("GET", "/health/live").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/health/ready").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/health/leader").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    HttpResponse<String> response = send("HEAD", "/health");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("Content-Length"))
        .contains(String.valueOf(FOLLOWER.toJson().length()));
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    HttpResponse<String> response = send("GET", "/healthy");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("/health, /health/leader", "/metrics");
    assertThat(send("GET", "/").statusCode()).isEqualTo(404);
    response = send("POST", "/health");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void aDefectIsNotShownToTheClient() throws Exception {
    source =
        () -> {
          throw new IllegalStateException("inner secret");
        };
    HttpResponse<String> response = send("GET", "/health");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("inner secret").contains("log says why");
    source = () -> FOLLOWER;
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
  }

  @Test
  void garbageIsAnsweredAndForgotten() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), endpoint.address().getPort())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write("\0\1\2 garbage\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 400");
    }
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aFloodIsCutOffAndDoesNotOutlastItself() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    source =
        () -> {
          await(release);
          return FOLLOWER;
        };
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(endpoint.address(), 5_000);
        socket
            .getOutputStream()
            .write("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      }
      // What does not fit the queue is closed although nothing can be answered yet.
      assertThat(isCutOff(sockets.get(199))).isTrue();
      release.countDown();
      sockets.get(0).setSoTimeout(10_000);
      assertThat(sockets.get(0).getInputStream().read()).isEqualTo('H');
    } finally {
      release.countDown();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
  }

  private static boolean isCutOff(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException e) {
      // Closed with our request unread.
      return true;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTakenPortIsSaidClearly() {
    assertThatThrownBy(() -> HttpEndpoint.start(endpoint.address(), metrics, source))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining(":" + endpoint.address().getPort())
        .hasMessageContaining("choose another HTTP port");
  }

  @Test
  void afterCloseThePortIsFree() throws IOException {
    InetSocketAddress address = endpoint.address();
    endpoint.close();
    try (HttpEndpoint again = HttpEndpoint.start(address, metrics, source)) {
      assertThat(again.address()).isEqualTo(address);
    }
  }
}

package io.cadastre.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of a master: {@code /metrics} in Prometheus text, {@code /health} as JSON, {@code
 * /health/live}, {@code /health/ready} and {@code /health/leader} as 200 or 503 for probes and load
 * balancers. It runs on {@value #THREADS} threads of its own with a bounded queue; what does not
 * fit is disconnected, so that a flood of probes costs a master nothing else.
 */
public final class HttpEndpoint implements AutoCloseable {
  static final int THREADS = 4;
  private static final int QUEUED_CONNECTIONS = 64;
  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

  static {
    // The JDK's server waits for ever for a request to be sent or an answer to be taken, on one of
    // our few threads, and offers these limits (in seconds) as system properties only.
    defaultProperty("sun.net.httpserver.maxReqTime", "10");
    defaultProperty("sun.net.httpserver.maxRspTime", "30");
  }

  private final HttpServer server;
  private final ThreadPoolExecutor executor;
  private final Map<String, Supplier<HttpAnswer>> routes = new TreeMap<>();

  private HttpEndpoint(HttpServer server, Metrics metrics, HealthSource source) {
    this.server = server;
    AtomicInteger threads = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(QUEUED_CONNECTIONS),
            task -> {
              Thread thread = new Thread(task, "http-" + threads.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    routes.put(
        "/metrics",
        () -> new HttpAnswer(200, PrometheusText.CONTENT_TYPE, PrometheusText.of(metrics)));
    routes.put("/health", () -> new HttpAnswer(200, "application/json", source.health().toJson()));
    routes.put("/health/live", () -> probe(source.health().live(), "live"));
    routes.put("/health/ready", () -> probe(source.health().ready(), "ready"));
    routes.put("/health/leader", () -> probe(source.health().leader(), "leader"));
  }

  /**
   * Opens the port and serves.
   *
   * @param address where to listen; port 0 chooses a free one
   * @throws MetadataException INVALID_ARGUMENT if the address cannot be bound
   */
  public static HttpEndpoint start(
      InetSocketAddress address, Metrics metrics, HealthSource source) {
    HttpServer server;
    try {
      server = HttpServer.create(address, QUEUED_CONNECTIONS);
    } catch (BindException e) {
      throw cannotListen(
          address, e.getMessage() + "; stop what uses it or choose another HTTP port", e);
    } catch (IOException e) {
      throw cannotListen(address, e.toString(), e);
    }
    HttpEndpoint endpoint = new HttpEndpoint(server, metrics, source);
    server.setExecutor(endpoint.executor);
    server.createContext("/", endpoint::handle);
    server.start();
    return endpoint;
  }

  private static MetadataException cannotListen(
      InetSocketAddress address, String why, Exception cause) {
    return new MetadataException(
            ErrorCode.INVALID_ARGUMENT, "Cannot listen for HTTP on " + address + ": " + why, cause)
        .with("field", "cadastre.cluster.members");
  }

  private static void defaultProperty(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Closes the port; requests that are being answered are cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private static HttpAnswer probe(boolean claim, String name) {
    return claim ? HttpAnswer.plain(200, name) : HttpAnswer.plain(503, "not " + name);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      HttpAnswer answer = answer(method, exchange.getRequestURI().getPath());
      byte[] body = answer.body();
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (answer.status() == 405) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      }
      if (method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        exchange.sendResponseHeaders(answer.status(), -1);
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    }
  }

  private HttpAnswer answer(String method, String path) {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return HttpAnswer.plain(405, "Only GET and HEAD are served here");
    }
    Supplier<HttpAnswer> route = routes.get(path);
    if (route == null) {
      return HttpAnswer.plain(
          404, "Nothing is here; try one of " + String.join(", ", routes.keySet()));
    }
    try {
      return route.get();
    } catch (RuntimeException e) {
      LOG.error("Could not answer an HTTP request, path={}", path, e);
      return HttpAnswer.plain(500, "This could not be answered; the master's log says why");
    }
  }
}

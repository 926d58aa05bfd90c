package io.cadastre.ufs.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A proxy before an HTTP server that adds latency, answers "busy" or "denied" in its stead, and
 * cuts connections before or after a request was handled. Speaks HTTP/1.1 with persistent
 * connections, one thread for each; changes no byte of what it passes on. Thread-safe; rules may
 * come and go while requests run.
 *
 * <pre>
 * proxy.latency(Duration.ofMillis(20));
 * proxy.on(request -> request.method().equals("PUT")).times(2).busy();
 * proxy.on(request -> true).times(1).loseAnswer();
 * </pre>
 */
public final class HttpFaultProxy implements AutoCloseable {
  private static final int LONGEST_HEAD = 64 << 10;

  /** What an answer that is cut lacks at its end. */
  private static final int CUT_BYTES = 20;

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final AtomicLong requests = new AtomicLong();
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean closed;

  /**
   * Listens on a free port of the loopback address.
   *
   * @throws UncheckedIOException if it cannot
   */
  public HttpFaultProxy(InetSocketAddress server) {
    this.server = server;
    try {
      listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy", this::accept);
  }

  /** The first line of a request. */
  public record Request(String method, String target) {}

  private enum Effect {
    BUSY("503 Slow Down", error("SlowDown", "Please reduce your request rate.")),
    DENIED("403 Forbidden", error("AccessDenied", "Access Denied")),
    GREET("200 OK", "<html><body>Welcome, please log in</body></html>"),
    EMPTY_PAGE(
        "200 OK",
        "<ListBucketResult><IsTruncated>true</IsTruncated>"
            + "<NextContinuationToken>a</NextContinuationToken></ListBucketResult>"),
    CUT,
    CUT_ANSWER,
    LOSE_ANSWER,
    DELAY;

    /** What is answered without the server; null if it is asked. */
    private final String status;

    private final String body;

    Effect() {
      this(null, null);
    }

    Effect(String status, String body) {
      this.status = status;
      this.body = body;
    }

    private static String error(String code, String message) {
      return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
          + code
          + "</Code><Message>"
          + message
          + "</Message></Error>";
    }
  }

  /** When, and then what. Takes effect with the call that says what. */
  public final class Rule {
    private final Predicate<Request> requests;
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private Effect effect;
    private Duration delay = Duration.ZERO;

    private Rule(Predicate<Request> requests) {
      this.requests = requests;
    }

    /** No more than so often. */
    public Rule times(int count) {
      left.set(count);
      return this;
    }

    /** Answers 503 SlowDown; the server does not see the request. */
    public void busy() {
      add(Effect.BUSY);
    }

    /** Answers 403 AccessDenied; the server does not see the request. */
    public void denied() {
      add(Effect.DENIED);
    }

    /** Cuts the connection; the server does not see the request. */
    public void cut() {
      add(Effect.CUT);
    }

    /** Lets the server handle the request, and then cuts the connection. */
    public void loseAnswer() {
      add(Effect.LOSE_ANSWER);
    }

    /** Answers 200 with a page for people, as a portal between would; the server sees nothing. */
    public void greet() {
      add(Effect.GREET);
    }

    /** Answers a listing with nothing, and that more follows, from the key `a` on. */
    public void emptyPage() {
      add(Effect.EMPTY_PAGE);
    }

    /** Lets the server handle the request, and cuts the connection within its answer. */
    public void cutAnswer() {
      add(Effect.CUT_ANSWER);
    }

    /** Passes the request on only after so long. */
    public void delay(Duration duration) {
      delay = duration;
      add(Effect.DELAY);
    }

    private void add(Effect what) {
      effect = what;
      rules.add(this);
    }

    private boolean strikes(Request request) {
      return requests.test(request) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Delays every request by so much before it is passed on. */
  public HttpFaultProxy latency(Duration perRequest) {
    latency = perRequest;
    return this;
  }

  /** Begins a rule for these requests. */
  public Rule on(Predicate<Request> which) {
    return new Rule(which);
  }

  /** Takes all rules away. */
  public void clear() {
    rules.clear();
  }

  /** Requests that came since the start, whatever became of them. */
  public long requests() {
    return requests.get();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        start("proxy connection", () -> serve(client));
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = new Socket(server.getAddress(), server.getPort())) {
      sockets.add(upstream);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      try {
        InputStream fromClient = new BufferedInputStream(client.getInputStream());
        InputStream fromServer = new BufferedInputStream(upstream.getInputStream());
        while (exchange(fromClient, client, fromServer, upstream.getOutputStream())) {
          requests.incrementAndGet();
        }
      } finally {
        sockets.remove(upstream);
      }
    } catch (IOException e) {
      // Either side has gone; the other learns it by the connection being closed.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  /** Passes one request and its answer; false if the connection is at its end. */
  private boolean exchange(
      InputStream fromClient, Socket client, InputStream fromServer, OutputStream toServer)
      throws IOException, InterruptedException {
    String head = head(fromClient);
    if (head == null) {
      return false;
    }
    String[] first = head.substring(0, head.indexOf('\r')).split(" ", 3);
    Request request = new Request(first[0], first[1]);
    OutputStream toClient = client.getOutputStream();
    if (header(head, "expect") != null) {
      toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      toClient.flush();
      head = head.replaceFirst("(?i)\r\nexpect:[^\r]*", "");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(head.getBytes(StandardCharsets.ISO_8859_1));
    copyBody(head, fromClient, whole, false);
    Rule rule = rules.stream().filter(r -> r.strikes(request)).findFirst().orElse(null);
    Effect effect = rule == null ? null : rule.effect;
    Thread.sleep(latency.plus(rule == null ? Duration.ZERO : rule.delay).toMillis());
    if (effect == Effect.CUT) {
      requests.incrementAndGet();
      return false;
    }
    if (effect != null && effect.status != null) {
      answer(request, effect, toClient);
      return true;
    }
    toServer.write(whole.toByteArray());
    toServer.flush();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    String answered = head(fromServer);
    if (answered == null) {
      return false;
    }
    answer.write(answered.getBytes(StandardCharsets.ISO_8859_1));
    boolean bodiless =
        request.method().equals("HEAD") || answered.matches("(?s)HTTP/1.1 (204|304).*");
    if (!bodiless) {
      copyBody(answered, fromServer, answer, true);
    }
    if (effect == Effect.LOSE_ANSWER) {
      requests.incrementAndGet();
      return false;
    }
    if (effect == Effect.CUT_ANSWER) {
      requests.incrementAndGet();
      toClient.write(answer.toByteArray(), 0, answer.size() - CUT_BYTES);
      toClient.flush();
      return false;
    }
    toClient.write(answer.toByteArray());
    toClient.flush();
    return !"close".equalsIgnoreCase(header(answered, "connection"));
  }

  private static void answer(Request request, Effect effect, OutputStream toClient)
      throws IOException {
    byte[] body = effect.body.getBytes(StandardCharsets.US_ASCII);
    String head =
        "HTTP/1.1 "
            + effect.status
            + "\r\nContent-Type: application/xml\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    toClient.write(head.getBytes(StandardCharsets.US_ASCII));
    if (!request.method().equals("HEAD")) {
      toClient.write(body);
    }
    toClient.flush();
  }

  /** Up to and with the empty line; null at the end of the connection. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.write(c);
      last = last << 8 | c;
      if (last == 0x0d0a0d0a) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
      if (head.size() > LONGEST_HEAD) {
        throw new IOException("a head of more than " + LONGEST_HEAD + " bytes");
      }
    }
    return null;
  }

  private static String header(String head, String name) {
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  private static void copyBody(String head, InputStream in, OutputStream out, boolean answer)
      throws IOException {
    String length = header(head, "content-length");
    if ("chunked".equalsIgnoreCase(header(head, "transfer-encoding"))) {
      int size;
      do {
        String line = line(in, out);
        size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
        copy(in, out, size);
        line(in, out);
      } while (size > 0);
    } else if (length != null) {
      copy(in, out, Integer.parseInt(length));
    } else if (answer) {
      in.transferTo(out);
    }
  }

  private static String line(InputStream in, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    for (; c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
      out.write(c);
    }
    if (c < 0) {
      throw new EOFException("the connection ended inside a body");
    }
    out.write(c);
    return line.toString();
  }

  private static void copy(InputStream in, OutputStream out, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended inside a body");
    }
    out.write(bytes);
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

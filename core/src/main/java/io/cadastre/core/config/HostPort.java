package io.cadastre.core.config;

/**
 * A host and a TCP port. The host is a name, an IPv4 address, or an IPv6 address without brackets.
 */
public record HostPort(String host, int port) {
  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is empty");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean allowed =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || ".-_:%".indexOf(c) >= 0;
      if (!allowed) {
        throw new IllegalArgumentException("'" + host + "' is not a host name or address");
      }
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
    }
  }

  /**
   * Parses {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static HostPort parse(String text) {
    int end = hostEnd(text);
    if (end < 0 || end >= text.length() - 1 || text.charAt(end) != ':') {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    return new HostPort(unbracketed(text.substring(0, end)), parsePort(text.substring(end + 1)));
  }

  /** Index just behind the host: behind the bracket, or of the first colon; -1 if there is none. */
  static int hostEnd(String text) {
    return text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
  }

  static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  static int parsePort(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("'" + text + "' is not a port between 1 and 65535");
    }
    return Integer.parseInt(text);
  }

  /** {@code host:port}, an IPv6 address in brackets; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}

package io.cadastre.client;

/** The client address of a master, `host:port` (an IPv6 host in brackets). */
record MasterAddress(String host, int port) {
  static MasterAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String expected = "host:port expected, got '" + text + "'";
    Checks.require(colon > 0 && colon < text.length() - 1, "masters", expected);
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    Checks.require(
        bracketed || (host.indexOf(':') < 0 && host.indexOf('/') < 0), "masters", expected);
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      Checks.require(
          port > 0 && port < 65536, "masters", "a port from 1 to 65535 in '" + text + "'");
      return new MasterAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
    } catch (NumberFormatException e) {
      Checks.require(false, "masters", expected);
      throw e;
    }
  }
}

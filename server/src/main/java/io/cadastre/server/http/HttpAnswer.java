package io.cadastre.server.http;

import java.nio.charset.StandardCharsets;

/** What goes back to the client. */
record HttpAnswer(int status, String contentType, String text) {
  static HttpAnswer plain(int status, String text) {
    return new HttpAnswer(status, "text/plain; charset=utf-8", text + "\n");
  }

  byte[] body() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

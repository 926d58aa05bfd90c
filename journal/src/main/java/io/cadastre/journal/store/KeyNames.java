package io.cadastre.journal.store;

import java.nio.charset.StandardCharsets;

/** Text to bytes, for names on disk. */
final class KeyNames {
  private KeyNames() {}

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

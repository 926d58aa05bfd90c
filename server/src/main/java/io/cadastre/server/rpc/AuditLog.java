package io.cadastre.server.rpc;

import io.cadastre.server.transaction.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per call: who, from where, what, on which path, with what result, in how many
 * microseconds.
 */
final class AuditLog {
  /** The logger's name, for the logging configuration. */
  static final String NAME = "io.cadastre.audit";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private AuditLog() {}

  static boolean isOn() {
    return LOG.isInfoEnabled();
  }

  /**
   * @param result OK or the name of an error code
   */
  static void write(Caller caller, String what, String path, String result, long nanos) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    StringBuilder line = new StringBuilder(128);
    line.append("user=").append(clean(caller == null ? "?" : caller.user()));
    line.append(" from=").append(caller == null ? "?" : caller.address());
    line.append(" op=").append(what);
    line.append(" path=").append(clean(path));
    line.append(" result=").append(result);
    line.append(" micros=").append(nanos / 1_000);
    LOG.info("{}", line);
  }

  /** A line stays a line, whatever is in a name. */
  private static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        StringBuilder cleaned = new StringBuilder(text.length() + 8);
        for (int j = 0; j < text.length(); j++) {
          char d = text.charAt(j);
          if (d <= ' ' || d == 0x7f) {
            cleaned.append(String.format("\\u%04x", (int) d));
          } else {
            cleaned.append(d);
          }
        }
        return cleaned.toString();
      }
    }
    return text;
  }
}

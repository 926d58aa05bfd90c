package io.cadastre.journal.tools;

/**
 * Writes one JSON value into a text, without line breaks. Calls come in the order of the text;
 * commas are added here.
 */
final class JsonText {
  /** Numbers beyond this lose digits in readers that use doubles, so they become text. */
  private static final long EXACT = 1L << 53;

  private final StringBuilder out = new StringBuilder();
  private boolean first = true;

  private void separate() {
    if (!first) {
      out.append(',');
    }
    first = false;
  }

  JsonText open(char bracket) {
    separate();
    out.append(bracket);
    first = true;
    return this;
  }

  JsonText close(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  JsonText name(String name) {
    separate();
    quote(name);
    out.append(':');
    first = true;
    return this;
  }

  JsonText text(String value) {
    separate();
    quote(value);
    return this;
  }

  JsonText number(long value) {
    if (value > EXACT || value < -EXACT) {
      return text(Long.toString(value));
    }
    separate();
    out.append(value);
    return this;
  }

  JsonText unsigned(long value) {
    return value < 0 ? text(Long.toUnsignedString(value)) : number(value);
  }

  JsonText bool(boolean value) {
    separate();
    out.append(value);
    return this;
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

package io.cadastre.journal.testing;

/** Whether a text is one JSON value: a strict little parser that keeps nothing. */
public final class JsonCheck {
  private final String text;
  private int at;

  private JsonCheck(String text) {
    this.text = text;
  }

  public static boolean isJson(String text) {
    JsonCheck check = new JsonCheck(text);
    try {
      check.value();
      return check.at == text.length();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      return false;
    }
  }

  private void value() {
    switch (text.charAt(at)) {
      case '{' -> group('}', true);
      case '[' -> group(']', false);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      default -> number();
    }
  }

  private void group(char end, boolean named) {
    at++;
    if (text.charAt(at) == end) {
      at++;
      return;
    }
    while (true) {
      if (named) {
        string();
        word(":");
      }
      value();
      if (text.charAt(at) == end) {
        at++;
        return;
      }
      word(",");
    }
  }

  private void word(String word) {
    if (!text.startsWith(word, at)) {
      throw new IllegalArgumentException("expected " + word + " at " + at);
    }
    at += word.length();
  }

  private void string() {
    word("\"");
    while (text.charAt(at) != '"') {
      if (text.charAt(at) < 0x20) {
        throw new IllegalArgumentException("control character at " + at);
      }
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  private void number() {
    int start = at;
    while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == start) {
      throw new IllegalArgumentException("no value at " + at);
    }
  }
}

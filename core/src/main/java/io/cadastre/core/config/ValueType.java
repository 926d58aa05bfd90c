package io.cadastre.core.config;

/** How the text of a setting becomes a value. Implementations are immutable. */
public interface ValueType<T> {
  /**
   * Parses trimmed text and checks the range.
   *
   * @throws IllegalArgumentException if the text is not what {@link #expected} says; the message,
   *     if there is one, says what exactly is wrong
   */
  T parse(String text);

  /** What a user should have written, as in "a duration from 10ms to 1m, such as 500ms". */
  String expected();

  /** Unit for the reference page, such as "duration", "bytes", "entries"; "" if there is none. */
  String unit();

  /** What is allowed, in short, for the reference page: "10ms to 1m"; "" if anything is. */
  String range();
}

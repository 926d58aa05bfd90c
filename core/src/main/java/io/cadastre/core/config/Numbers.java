package io.cadastre.core.config;

/** Arithmetic on what users wrote, where an overflow is their mistake and not ours. */
final class Numbers {
  private Numbers() {}

  static long times(String digits, long factor) {
    try {
      return Math.multiplyExact(Long.parseLong(digits), factor);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("out of range", e);
    }
  }
}

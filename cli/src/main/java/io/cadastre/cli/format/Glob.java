package io.cadastre.cli.format;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A shell pattern for names: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash before a character that
 * is meant as it is.
 */
public final class Glob {
  private final Pattern pattern;

  private Glob(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * @throws IllegalArgumentException if a bracket is not closed or a range is wrong
   */
  public static Glob of(String glob) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < glob.length()) {
      int c = glob.codePointAt(i);
      int next = i + Character.charCount(c);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '[' -> next = appendSet(regex, glob, i);
        case '\\' -> {
          int quoted = next < glob.length() ? glob.codePointAt(next) : '\\';
          regex.append(Pattern.quote(Character.toString(quoted)));
          next = Math.min(glob.length(), next + Character.charCount(quoted));
        }
        default -> regex.append(Pattern.quote(Character.toString(c)));
      }
      i = next;
    }
    try {
      return new Glob(Pattern.compile(regex.toString(), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("'" + glob + "' is no pattern: a wrong range", e);
    }
  }

  private static int appendSet(StringBuilder regex, String glob, int open) {
    int first = open + 1;
    boolean negated =
        first < glob.length() && (glob.charAt(first) == '!' || glob.charAt(first) == '^');
    int start = negated ? first + 1 : first;
    // A bracket right behind the opening one is a member of the set.
    int close = glob.indexOf(']', start + 1);
    if (close < 0) {
      throw new IllegalArgumentException("'" + glob + "' is no pattern: a [ is not closed");
    }
    regex.append(negated ? "[^" : "[");
    for (int i = start; i < close; i++) {
      char c = glob.charAt(i);
      boolean range = c == '-' && i > start && i < close - 1;
      regex.append(Character.isLetterOrDigit(c) || range || c > 127 ? "" : "\\").append(c);
    }
    regex.append(']');
    return close + 1;
  }

  public boolean matches(String name) {
    return pattern.matcher(name).matches();
  }
}

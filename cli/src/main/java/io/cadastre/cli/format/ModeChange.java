package io.cadastre.cli.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What `chmod` is asked to do: an octal mode (`750`), or symbolic clauses separated by commas
 * (`u+rwx,go-w,a=rX`). Symbolic: who is any of `ugoa` (none means `a`; no umask is applied), the
 * operator `+`, `-` or `=`, the permissions any of `rwxXst`, or one of `u`, `g`, `o` to copy from;
 * a clause may have several operators (`u=rw+x`).
 */
public final class ModeChange {
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,4}");
  private static final Pattern CLAUSE = Pattern.compile("([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)");
  private static final Pattern ACTION = Pattern.compile("([-+=])([rwxXstugo]*)");

  private static final int USER = 04700;
  private static final int GROUP = 02070;
  private static final int OTHER = 01007;
  private static final int ALL = 07777;

  private final String text;

  private ModeChange(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException with the words for the user if the text is neither form
   */
  public static ModeChange parse(String text) {
    if (!OCTAL.matcher(text).matches()) {
      for (String clause : text.split(",", -1)) {
        if (!CLAUSE.matcher(clause).matches()) {
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' is no mode; expected octal digits such as 750 or clauses such as"
                  + " u+rwx,go-w");
        }
      }
    }
    return new ModeChange(text);
  }

  /** Whether the result depends on the mode that is there. */
  public boolean needsCurrentMode() {
    return !OCTAL.matcher(text).matches();
  }

  /** The new mode, 0 to 07777. `X` gives x to directories and to what has an x already. */
  public int apply(int mode, boolean directory) {
    if (!needsCurrentMode()) {
      return Integer.parseInt(text, 8);
    }
    int result = mode;
    for (String clause : text.split(",", -1)) {
      Matcher matcher = CLAUSE.matcher(clause);
      if (!matcher.matches()) {
        throw new IllegalStateException("not checked by parse: " + clause);
      }
      int who = who(matcher.group(1));
      Matcher action = ACTION.matcher(matcher.group(2));
      while (action.find()) {
        int bits = bits(action.group(2), result, directory) & who;
        result =
            switch (action.group(1)) {
              case "+" -> result | bits;
              case "-" -> result & ~bits;
              default -> (result & ~who) | bits;
            };
      }
    }
    return result;
  }

  private static int who(String letters) {
    if (letters.isEmpty()) {
      return ALL;
    }
    int mask = 0;
    for (char letter : letters.toCharArray()) {
      mask |=
          switch (letter) {
            case 'u' -> USER;
            case 'g' -> GROUP;
            case 'o' -> OTHER;
            default -> ALL;
          };
    }
    return mask;
  }

  private static int bits(String letters, int mode, boolean directory) {
    int bits = 0;
    for (char letter : letters.toCharArray()) {
      bits |=
          switch (letter) {
            case 'r' -> 0444;
            case 'w' -> 0222;
            case 'x' -> 0111;
            case 'X' -> directory || (mode & 0111) != 0 ? 0111 : 0;
            case 's' -> 06000;
            case 't' -> 01000;
            case 'u' -> (mode >> 6 & 7) * 0111;
            case 'g' -> (mode >> 3 & 7) * 0111;
            default -> (mode & 7) * 0111;
          };
    }
    return bits;
  }

  @Override
  public String toString() {
    return text;
  }
}

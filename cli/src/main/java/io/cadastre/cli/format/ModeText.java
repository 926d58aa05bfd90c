package io.cadastre.cli.format;

/** Permission bits as text. */
public final class ModeText {
  private ModeText() {}

  /**
   * Ten characters as `ls -l` shows them: the type's letter, then three times rwx, with s and t for
   * the set-user, set-group and sticky bits (capital where the x below is missing).
   */
  public static String of(char type, int mode) {
    char[] text = new char[10];
    text[0] = type;
    for (int i = 0; i < 9; i++) {
      text[i + 1] = (mode & (1 << (8 - i))) != 0 ? "rwxrwxrwx".charAt(i) : '-';
    }
    special(text, 3, (mode & 04000) != 0, 's');
    special(text, 6, (mode & 02000) != 0, 's');
    special(text, 9, (mode & 01000) != 0, 't');
    return new String(text);
  }

  private static void special(char[] text, int at, boolean set, char letter) {
    if (set) {
      text[at] = text[at] == 'x' ? letter : Character.toUpperCase(letter);
    }
  }

  /** Four octal digits: `0755`. */
  public static String octal(int mode) {
    return String.format("%04o", mode);
  }
}

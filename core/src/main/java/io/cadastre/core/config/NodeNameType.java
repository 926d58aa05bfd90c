package io.cadastre.core.config;

/** The name of a master: it becomes part of file names, Raft peer ids and metric labels. */
final class NodeNameType implements ValueType<String> {
  private static final int MAX_LENGTH = 64;

  @Override
  public String parse(String text) {
    check(text);
    return text;
  }

  static void check(String name) {
    boolean valid =
        !name.isEmpty()
            && name.length() <= MAX_LENGTH
            && name.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_');
    if (!valid) {
      throw new IllegalArgumentException(
          "'" + name + "' is not a name of 1 to " + MAX_LENGTH + " letters, digits, '-' and '_'");
    }
  }

  @Override
  public String expected() {
    return "a name of 1 to " + MAX_LENGTH + " letters, digits, '-' and '_'";
  }

  @Override
  public String unit() {
    return "name";
  }

  @Override
  public String range() {
    return "1 to " + MAX_LENGTH + " characters";
  }
}

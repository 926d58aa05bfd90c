package io.cadastre.core.path;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path in the namespace: absolute, normalised, immutable. `/` is the root; no trailing slash, no
 * empty component, no `.` or `..`, no NUL, valid UTF-8, each component at most {@value
 * #MAX_COMPONENT_BYTES} bytes and the whole at most {@value #MAX_PATH_BYTES} bytes of UTF-8. Paths
 * order by their components in unsigned UTF-8 bytes, ancestors first, which is the order in which
 * locks are taken.
 */
public final class NamespacePath implements Comparable<NamespacePath> {
  /** Longest component, in bytes of UTF-8. */
  public static final int MAX_COMPONENT_BYTES = 255;

  /** Longest path, in bytes of UTF-8. */
  public static final int MAX_PATH_BYTES = 4096;

  public static final NamespacePath ROOT = new NamespacePath("/", new String[0]);

  private final String text;
  private final String[] components;

  private NamespacePath(String text, String[] components) {
    this.text = text;
    this.components = components;
  }

  /**
   * Parses user input. Doubled and trailing slashes are normalised away; everything else that is
   * not a plain absolute path is refused.
   *
   * @throws MetadataException INVALID_PATH, naming the rule that was broken
   */
  public static NamespacePath of(String path) {
    if (path == null || path.isEmpty()) {
      throw invalid("The path is empty; expected an absolute path such as /data", "");
    }
    if (path.charAt(0) != '/') {
      throw invalid("The path is not absolute; it must start with /", shorten(path));
    }
    // Each char is at most 3 bytes of UTF-8, so the exact count is needed only in the doubtful
    // range.
    if (path.length() > MAX_PATH_BYTES
        || (path.length() > MAX_PATH_BYTES / 3 && utf8Length(path) > MAX_PATH_BYTES)) {
      throw invalid("The path is longer than " + MAX_PATH_BYTES + " bytes", shorten(path));
    }
    List<String> parts = new ArrayList<>(8);
    int start = 1;
    int length = path.length();
    for (int i = 1; i <= length; i++) {
      if (i == length || path.charAt(i) == '/') {
        if (i > start) {
          String part = path.substring(start, i);
          checkComponent(part, path);
          parts.add(part);
        }
        start = i + 1;
      }
    }
    if (parts.isEmpty()) {
      return ROOT;
    }
    String[] components = parts.toArray(String[]::new);
    boolean normal = path.charAt(length - 1) != '/' && !path.contains("//");
    return new NamespacePath(normal ? path : "/" + String.join("/", components), components);
  }

  /** Whether this is a name that a component may have. */
  public static boolean isValidComponent(String name) {
    return problemOf(name) == null;
  }

  /**
   * Decodes a stored or foreign name.
   *
   * @throws MetadataException INVALID_PATH if the bytes are not valid UTF-8
   */
  public static String decodeName(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(utf8))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MetadataException(ErrorCode.INVALID_PATH, "The name is not valid UTF-8");
    }
  }

  private static void checkComponent(String name, String path) {
    String problem = problemOf(name);
    if (problem != null) {
      throw invalid(problem, shorten(path));
    }
  }

  private static String problemOf(String name) {
    int length = name.length();
    if (length == 0) {
      return "A path component is empty";
    }
    if (name.charAt(0) == '.' && (length == 1 || (length == 2 && name.charAt(1) == '.'))) {
      return "The path has a component '" + name + "'; relative components are not allowed";
    }
    boolean ascii = true;
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c == 0) {
        return "The path contains a NUL character";
      }
      if (c == '/') {
        return "A name contains a slash";
      }
      ascii &= c < 0x80;
    }
    if (ascii) {
      return length > MAX_COMPONENT_BYTES ? tooLong() : null;
    }
    try {
      int bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
      return bytes > MAX_COMPONENT_BYTES ? tooLong() : null;
    } catch (CharacterCodingException e) {
      return "The path is not valid UTF-8 (an unpaired surrogate)";
    }
  }

  private static String tooLong() {
    return "A path component is longer than " + MAX_COMPONENT_BYTES + " bytes";
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String shorten(String path) {
    return path.length() <= 200 ? path : path.substring(0, 200) + "...";
  }

  private static MetadataException invalid(String text, String path) {
    return new MetadataException(ErrorCode.INVALID_PATH, text).with("path", path);
  }

  public boolean isRoot() {
    return components.length == 0;
  }

  /** Number of components; 0 for the root. */
  public int depth() {
    return components.length;
  }

  public String component(int index) {
    return components[index];
  }

  /** The last component; empty for the root. */
  public String name() {
    return components.length == 0 ? "" : components[components.length - 1];
  }

  /**
   * The directory above.
   *
   * @throws IllegalStateException for the root
   */
  public NamespacePath parent() {
    if (components.length == 0) {
      throw new IllegalStateException("the root has no parent");
    }
    return ancestor(components.length - 1);
  }

  /** The first `depth` components. */
  public NamespacePath ancestor(int depth) {
    if (depth == components.length) {
      return this;
    }
    if (depth == 0) {
      return ROOT;
    }
    int end = 0;
    for (int i = 0; i < depth; i++) {
      end += 1 + components[i].length();
    }
    return new NamespacePath(text.substring(0, end), Arrays.copyOf(components, depth));
  }

  /**
   * The child of this name.
   *
   * @throws MetadataException INVALID_PATH if the name or the resulting path breaks a rule
   */
  public NamespacePath child(String name) {
    checkComponent(name, name);
    String joined = isRoot() ? "/" + name : text + "/" + name;
    if (joined.length() > MAX_PATH_BYTES / 3 && utf8Length(joined) > MAX_PATH_BYTES) {
      throw invalid("The path is longer than " + MAX_PATH_BYTES + " bytes", shorten(joined));
    }
    String[] longer = Arrays.copyOf(components, components.length + 1);
    longer[components.length] = name;
    return new NamespacePath(joined, longer);
  }

  /** Whether this is `other` or lies above it. */
  public boolean isPrefixOf(NamespacePath other) {
    return other.components.length >= components.length
        && other.text.startsWith(text)
        && (isRoot()
            || other.text.length() == text.length()
            || other.text.charAt(text.length()) == '/');
  }

  /** What of this path lies below `ancestor`, without a leading slash; empty if they are equal. */
  public String relativeTo(NamespacePath ancestor) {
    if (!ancestor.isPrefixOf(this)) {
      throw new IllegalArgumentException(ancestor + " is not above " + this);
    }
    if (ancestor.components.length == components.length) {
      return "";
    }
    return text.substring(ancestor.isRoot() ? 1 : ancestor.text.length() + 1);
  }

  /** This path with the prefix `from` replaced by `to`. */
  public NamespacePath moved(NamespacePath from, NamespacePath to) {
    String rest = relativeTo(from);
    if (rest.isEmpty()) {
      return to;
    }
    return of(to.isRoot() ? "/" + rest : to.text + "/" + rest);
  }

  @Override
  public int compareTo(NamespacePath other) {
    int common = Math.min(components.length, other.components.length);
    for (int i = 0; i < common; i++) {
      int order = compareNames(components[i], other.components[i]);
      if (order != 0) {
        return order;
      }
    }
    return components.length - other.components.length;
  }

  /** Compares two names in unsigned UTF-8 bytes, without encoding them. */
  public static int compareNames(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        // UTF-16 puts surrogates below U+E000..U+FFFF; UTF-8 puts them above.
        boolean aHigh = Character.isSurrogate(a);
        boolean bHigh = Character.isSurrogate(b);
        return aHigh == bHigh ? a - b : aHigh ? 1 : -1;
      }
    }
    return left.length() - right.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamespacePath path && text.equals(path.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The path as text, for example `/a/b`. */
  @Override
  public String toString() {
    return text;
  }
}

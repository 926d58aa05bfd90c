package io.cadastre.server.lock;

import io.cadastre.core.path.NamespacePath;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What an operation needs locked: keys in order without repetition, each shared or exclusive.
 * Immutable. A key is a path, or a name for something that is not a path (such as the mount table);
 * names and paths never collide. Where two requests are joined, exclusive wins.
 *
 * <p>The order is names first, then paths as {@link NamespacePath} orders them, ancestors before
 * what is below. It makes requests comparable and readable; safety does not rest on it, since a
 * request is granted as a whole.
 */
public final class LockRequest {
  /** How a key is held. */
  public enum Mode {
    SHARED,
    EXCLUSIVE
  }

  /** Sorts before every path (a slash is greater), and no path starts with it. */
  private static final String NAME_PREFIX = "!";

  private static final Comparator<String> KEY_ORDER = LockRequest::compareKeys;

  private final String[] keys;
  private final boolean[] exclusive;
  private final int hash;

  private LockRequest(String[] keys, boolean[] exclusive) {
    this.keys = keys;
    this.exclusive = exclusive;
    // Strings keep their hash: computed here, it need not be computed while the table is locked.
    this.hash = 31 * Arrays.hashCode(keys) + Arrays.hashCode(exclusive);
  }

  /** For a change of the edge that ends at `path`: ancestors shared, the path exclusive. */
  public static LockRequest forWrite(NamespacePath path) {
    return chain(path, Mode.EXCLUSIVE);
  }

  /**
   * For a change of several edges of one directory: it and its ancestors shared, the entries
   * exclusive.
   *
   * @param names ascending in unsigned UTF-8 bytes, at least one
   */
  public static LockRequest forWrites(NamespacePath directory, List<String> names) {
    String[] above = chain(directory, Mode.SHARED).keys;
    String[] keys = Arrays.copyOf(above, above.length + names.size());
    boolean[] exclusive = new boolean[keys.length];
    String prefix = directory.isRoot() ? "/" : directory + "/";
    for (int i = above.length; i < keys.length; i++) {
      keys[i] = prefix.concat(names.get(i - above.length));
      exclusive[i] = true;
    }
    return new LockRequest(keys, exclusive);
  }

  /** For a rename: both paths exclusive, all ancestors of both shared. */
  public static LockRequest forWrites(NamespacePath one, NamespacePath other) {
    return forWrite(one).and(forWrite(other));
  }

  /** For something that must not change meanwhile: the path and its ancestors shared. */
  public static LockRequest forRead(NamespacePath path) {
    return chain(path, Mode.SHARED);
  }

  /** For something that is not a path, taken exclusively. */
  public static LockRequest nameLock(String name) {
    return nameLock(name, Mode.EXCLUSIVE);
  }

  /** For something that is not a path. */
  public static LockRequest nameLock(String name, Mode mode) {
    return new LockRequest(new String[] {nameKey(name)}, new boolean[] {mode == Mode.EXCLUSIVE});
  }

  /** This, and `path` with its ancestors shared. */
  public LockRequest withShared(NamespacePath path) {
    return and(forRead(path));
  }

  /** The keys of both; a key that one of them wants exclusive is exclusive. */
  public LockRequest and(LockRequest other) {
    String[] mergedKeys = new String[keys.length + other.keys.length];
    boolean[] mergedModes = new boolean[mergedKeys.length];
    int left = 0;
    int right = 0;
    int count = 0;
    while (left < keys.length || right < other.keys.length) {
      int order =
          left == keys.length
              ? 1
              : right == other.keys.length ? -1 : KEY_ORDER.compare(keys[left], other.keys[right]);
      mergedKeys[count] = order <= 0 ? keys[left] : other.keys[right];
      if (order <= 0) {
        mergedModes[count] |= exclusive[left++];
      }
      if (order >= 0) {
        mergedModes[count] |= other.exclusive[right++];
      }
      count++;
    }
    return new LockRequest(Arrays.copyOf(mergedKeys, count), Arrays.copyOf(mergedModes, count));
  }

  private static LockRequest chain(NamespacePath path, Mode last) {
    int depth = path.depth();
    String text = path.toString();
    String[] keys = new String[depth + 1];
    keys[0] = NamespacePath.ROOT.toString();
    int end = 0;
    for (int i = 1; i < depth; i++) {
      end += 1 + path.component(i - 1).length();
      keys[i] = text.substring(0, end);
    }
    keys[depth] = text;
    boolean[] exclusive = new boolean[depth + 1];
    exclusive[depth] = last == Mode.EXCLUSIVE;
    return new LockRequest(keys, exclusive);
  }

  /** Component by component: as text, but a slash is lower than any other character of a name. */
  private static int compareKeys(String left, String right) {
    boolean leftIsPath = left.charAt(0) == '/';
    if (leftIsPath != (right.charAt(0) == '/')) {
      return leftIsPath ? 1 : -1;
    }
    int common = Math.min(left.length(), right.length());
    int at = 0;
    while (at < common && left.charAt(at) == right.charAt(at)) {
      at++;
    }
    if (at == common) {
      return left.length() - right.length();
    }
    if (left.charAt(at) == '/' || right.charAt(at) == '/') {
      return left.charAt(at) == '/' ? -1 : 1;
    }
    return NamespacePath.compareNames(left.substring(at, at + 1), right.substring(at, at + 1));
  }

  private static String nameKey(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a name lock needs a name");
    }
    return NAME_PREFIX + name;
  }

  /** Number of keys. */
  public int size() {
    return keys.length;
  }

  /** Whether this locks `path` itself in `mode`; an exclusive lock counts as a shared one too. */
  public boolean covers(NamespacePath path, Mode mode) {
    return covers(path.toString(), mode);
  }

  /** Whether this locks the name in `mode`; an exclusive lock counts as a shared one too. */
  public boolean coversName(String name, Mode mode) {
    return covers(nameKey(name), mode);
  }

  private boolean covers(String key, Mode mode) {
    int at = Arrays.binarySearch(keys, key, KEY_ORDER);
    return at >= 0 && (mode == Mode.SHARED || exclusive[at]);
  }

  /** The key at this place, as it is shown to people: a path, or `!` and a name. */
  String key(int index) {
    return keys[index];
  }

  boolean isExclusive(int index) {
    return exclusive[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LockRequest request
        && Arrays.equals(keys, request.keys)
        && Arrays.equals(exclusive, request.exclusive);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** For example `[/ S, /a S, /a/b X]`. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < keys.length; i++) {
      text.append(i == 0 ? "" : ", ").append(keys[i]).append(exclusive[i] ? " X" : " S");
    }
    return text.append(']').toString();
  }
}

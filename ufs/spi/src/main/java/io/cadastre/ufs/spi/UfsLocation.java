package io.cadastre.ufs.spi;

import io.cadastre.core.error.MetadataException;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a store's root is: `scheme://authority/path`. Taken literally: `%20` is three characters
 * and not a space, as in all of Cadastre's paths.
 *
 * @param scheme lower case, for example `file`
 * @param authority host, bucket or name; empty for local files
 * @param path absolute, without `.`, `..`, doubled or trailing slashes; `/` for the top
 */
public record UfsLocation(String scheme, String authority, String path) {
  /** Longest URI accepted, in characters. */
  public static final int MAX_LENGTH = 4096;

  public UfsLocation {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(path, "path");
  }

  /**
   * Parses what a user wrote: a URI, or an absolute path for local files.
   *
   * @throws MetadataException INVALID_ARGUMENT, naming what was expected
   */
  public static UfsLocation parse(String uri) {
    if (uri == null || uri.isBlank()) {
      throw invalid("is empty; expected a store such as file:///data or s3://bucket/prefix");
    }
    if (uri.length() > MAX_LENGTH) {
      throw invalid("is longer than " + MAX_LENGTH + " characters");
    }
    if (uri.startsWith("/")) {
      return new UfsLocation("file", "", normalise(uri, uri));
    }
    int colon = uri.indexOf(':');
    if (colon <= 0 || !uri.startsWith("/", colon + 1)) {
      throw invalid("'" + uri + "' has no scheme; expected file:///data or an absolute path");
    }
    String scheme = uri.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.matches("[a-z][a-z0-9+.-]*")) {
      throw invalid("'" + uri + "' has a scheme with characters that a scheme cannot have");
    }
    String rest = uri.substring(colon + 1);
    if (!rest.startsWith("//")) {
      return new UfsLocation(scheme, "", normalise(rest, uri));
    }
    int slash = rest.indexOf('/', 2);
    String authority = rest.substring(2, slash < 0 ? rest.length() : slash);
    if (authority.indexOf('@') >= 0) {
      // Not echoed: it may hold a password.
      throw invalid("holds user information before '@'; pass credentials as mount options");
    }
    return new UfsLocation(
        scheme, authority, slash < 0 ? "/" : normalise(rest.substring(slash), uri));
  }

  private static String normalise(String path, String uri) {
    StringBuilder normal = new StringBuilder(path.length());
    for (String component : path.split("/", -1)) {
      if (component.isEmpty()) {
        continue;
      }
      if (component.equals(".") || component.equals("..")) {
        throw invalid("'" + uri + "' has a component '" + component + "'; write the path out");
      }
      if (component.indexOf('\0') >= 0) {
        throw invalid("has a NUL character");
      }
      normal.append('/').append(component);
    }
    return normal.isEmpty() ? "/" : normal.toString();
  }

  private static MetadataException invalid(String problem) {
    return MetadataException.invalid("store URI", problem);
  }

  /**
   * Whether one lies in the other, or both are the same. Exact only for locations made canonical by
   * their factory ({@link UnderFileSystems#canonical}): a symbolic link hides what it leads to.
   */
  public boolean intersects(UfsLocation other) {
    return scheme.equals(other.scheme)
        && authority.equals(other.authority)
        && (contains(path, other.path) || contains(other.path, path));
  }

  private static boolean contains(String above, String below) {
    return UfsPath.isPrefix(above.substring(1), below.substring(1));
  }

  /** The location of a path relative to this one. */
  public UfsLocation resolve(String relativePath) {
    if (relativePath.isEmpty()) {
      return this;
    }
    return new UfsLocation(
        scheme, authority, path.equals("/") ? "/" + relativePath : path + "/" + relativePath);
  }

  /** The URI, `file:///data/a`. */
  public String uri() {
    return scheme + "://" + authority + path;
  }

  @Override
  public String toString() {
    return uri();
  }
}

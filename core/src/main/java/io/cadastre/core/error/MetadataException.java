package io.cadastre.core.error;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one exception that crosses component borders: a code, a constant text for the user, and
 * key/value context. It never carries a stack trace to a client.
 */
public final class MetadataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient Map<String, String> context = new LinkedHashMap<>();

  public MetadataException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public MetadataException(ErrorCode code, String message, Throwable cause) {
    // Expected failures are control flow on hot paths: a stack trace is worth its price only for
    // our own defects.
    super(message, cause, false, code.fault() == ErrorCode.Fault.BUG);
    this.code = code;
  }

  /** Adds context, shown behind the text as `key=value`; returns this. */
  public MetadataException with(String key, Object value) {
    context.put(key, String.valueOf(value));
    return this;
  }

  public ErrorCode code() {
    return code;
  }

  public Map<String, String> context() {
    return context == null ? Map.of() : Map.copyOf(context);
  }

  public static MetadataException invalid(String field, String expected) {
    return new MetadataException(ErrorCode.INVALID_ARGUMENT, field + ": " + expected)
        .with("field", field);
  }

  public static MetadataException notFound(Object path) {
    return new MetadataException(ErrorCode.NOT_FOUND, "No such file or directory: " + path);
  }
}

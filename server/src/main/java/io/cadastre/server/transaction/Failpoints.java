package io.cadastre.server.transaction;

import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Points at which a test makes this master stop or kill itself. Parsed once; costs one lookup in an
 * empty map when none is set. Immutable.
 */
public final class Failpoints {
  /** The places. In configuration their names are written in lower case with dashes. */
  public enum Point {
    /** An intent is in the journal and applied; its store was not asked yet. */
    INTENT_OPENED,
    /** The store has made the change; nothing of it is on its way to the journal. */
    STORE_CHANGE_DONE,
    /** Right before the end of an intent is handed to the journal, by whoever settles it. */
    BEFORE_EFFECT,
    /** The effect is applied; nobody was answered and the locks are held. */
    EFFECT_APPLIED;

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** None. */
  public static final Failpoints NONE = new Failpoints(Map.of());

  private static final String KEY = "cadastre.test.failpoints";
  private static final String HALT_ONCE = "halt-once:";
  private static final int HALT_CODE = 71;

  private final Map<Point, Runnable> actions;

  private Failpoints(Map<Point, Runnable> actions) {
    this.actions = actions.isEmpty() ? Map.of() : new EnumMap<>(actions);
  }

  /** What a test in this process wants to happen; actions run on the thread that gets there. */
  public static Failpoints of(Map<Point, Runnable> actions) {
    return new Failpoints(actions);
  }

  /**
   * Parses `name=action,...` with the actions `halt` (the process ends as if killed),
   * `halt-once:FILE` (the same, if that file is there; it is removed, so whoever made it knows that
   * exactly one process has died of it) and `sleep:MILLISECONDS`.
   *
   * @throws MetadataException INVALID_ARGUMENT
   */
  public static Failpoints parse(String text) {
    Map<Point, Runnable> actions = new EnumMap<>(Point.class);
    for (String part : text.split(",", -1)) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw MetadataException.invalid(KEY, "expected name=action, got '" + part.strip() + "'");
      }
      actions.put(
          point(part.substring(0, equals).strip()), action(part.substring(equals + 1).strip()));
    }
    return actions.isEmpty() ? NONE : new Failpoints(actions);
  }

  private static Point point(String name) {
    for (Point point : Point.values()) {
      if (point.text().equals(name)) {
        return point;
      }
    }
    throw MetadataException.invalid(
        KEY,
        "there is no failpoint '"
            + name
            + "'; known: "
            + String.join(", ", Arrays.stream(Point.values()).map(Point::text).toList()));
  }

  private static Runnable action(String action) {
    if (action.equals("halt")) {
      return () -> Runtime.getRuntime().halt(HALT_CODE);
    }
    if (action.startsWith(HALT_ONCE) && action.length() > HALT_ONCE.length()) {
      Path file = Path.of(action.substring(HALT_ONCE.length()));
      return () -> haltOnce(file);
    }
    if (action.matches("sleep:\\d{1,7}")) {
      long nanos = Long.parseLong(action.substring("sleep:".length())) * 1_000_000;
      return () -> sleep(nanos);
    }
    throw MetadataException.invalid(
        KEY, "expected halt, halt-once:FILE or sleep:MILLISECONDS, got '" + action + "'");
  }

  private static void haltOnce(Path file) {
    try {
      if (Files.deleteIfExists(file)) {
        Runtime.getRuntime().halt(HALT_CODE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sleep(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Whether something happens at this point. */
  boolean isSet(Point point) {
    return actions.containsKey(point);
  }

  /** Does what was asked for this point, on the calling thread. */
  void hit(Point point) {
    Runnable action = actions.get(point);
    if (action != null) {
      action.run();
    }
  }
}

package io.cadastre.cli.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object under construction, its members in the order they were put. Values: null, Boolean,
 * Number (finite), Json, Collection or Map of these; anything else is its text (a Path, too, which
 * is Iterable). {@link #toString} gives one line.
 */
public final class Json {
  private final Map<String, Object> members = new LinkedHashMap<>();

  public static Json object() {
    return new Json();
  }

  public Json put(String name, Object value) {
    members.put(name, value);
    return this;
  }

  /** Leaves the member out if the text is empty. */
  public Json putIfPresent(String name, String value) {
    return value.isEmpty() ? this : put(name, value);
  }

  /** A moment: `nameMillis` in UTC milliseconds, `name` as ISO-8601; both null at 0, for never. */
  public Json time(String name, long millis) {
    put(name + "Millis", millis == 0 ? null : millis);
    return put(name, millis == 0 ? null : TimeText.utc(millis));
  }

  /** A list of objects made from others. */
  public <T> Json putAll(
      String name, Iterable<T> values, java.util.function.Function<T, ?> toJson) {
    List<Object> list = new ArrayList<>();
    values.forEach(value -> list.add(toJson.apply(value)));
    return put(name, list);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    appendObject(text, members);
    return text.toString();
  }

  private static void appendValue(StringBuilder text, Object value) {
    if (value == null || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof Number number) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new IllegalArgumentException("JSON has no number " + number);
      }
      text.append(number);
    } else if (value instanceof Json json) {
      appendObject(text, json.members);
    } else if (value instanceof Map<?, ?> map) {
      appendObject(text, map);
    } else if (value instanceof Collection<?> list) {
      appendArray(text, list);
    } else {
      appendString(text, value.toString());
    }
  }

  private static void appendObject(StringBuilder text, Map<?, ?> members) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> member : members.entrySet()) {
      text.append(separator);
      appendString(text, String.valueOf(member.getKey()));
      text.append(':');
      appendValue(text, member.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private static void appendArray(StringBuilder text, Collection<?> values) {
    text.append('[');
    String separator = "";
    for (Object value : values) {
      text.append(separator);
      appendValue(text, value);
      separator = ",";
    }
    text.append(']');
  }

  private static void appendString(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}

package io.cadastre.core.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The value types that need no class of their own. */
final class ValueTypes {
  private record SimpleType<T>(
      Function<String, T> parser, String expected, String unit, String range)
      implements ValueType<T> {
    @Override
    public T parse(String text) {
      return parser.apply(text);
    }
  }

  private ValueTypes() {}

  /** A whole number between two bounds, both included. */
  static ValueType<Integer> integer(int min, int max, String unit) {
    return new SimpleType<>(
        text -> {
          long value = wholeNumber(text);
          if (value < min || value > max) {
            throw new IllegalArgumentException("out of range");
          }
          return (int) value;
        },
        "a whole number from " + min + " to " + max,
        unit,
        min + " to " + max);
  }

  /** A whole number between two bounds, both included. */
  static ValueType<Long> longInteger(long min, long max, String unit) {
    return new SimpleType<>(
        text -> {
          long value = wholeNumber(text);
          if (value < min || value > max) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        },
        "a whole number from " + min + " to " + max,
        unit,
        min + " to " + max);
  }

  private static long wholeNumber(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number", e);
    }
  }

  /** A decimal number between two bounds, both included. */
  static ValueType<Double> decimal(double min, double max, String unit) {
    return new SimpleType<>(
        text -> {
          double value;
          try {
            value = Double.parseDouble(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
          }
          // Written so that NaN fails too.
          if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        },
        "a number from " + min + " to " + max,
        unit,
        min + " to " + max);
  }

  static ValueType<Boolean> bool() {
    return new SimpleType<>(
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException();
            },
        "true or false",
        "boolean",
        "");
  }

  static <E extends Enum<E>> ValueType<E> oneOf(Class<E> choices) {
    E[] all = choices.getEnumConstants();
    String names = String.join(", ", Arrays.stream(all).map(Enum::name).toList());
    return new SimpleType<>(
        text -> {
          for (E choice : all) {
            if (choice.name().equalsIgnoreCase(text)) {
              return choice;
            }
          }
          throw new IllegalArgumentException();
        },
        "one of " + names,
        "choice",
        names);
  }

  /** Any text, the empty one only if `emptyAllowed`. */
  static ValueType<String> string(boolean emptyAllowed, String expected) {
    return new SimpleType<>(
        text -> {
          if (text.isEmpty() && !emptyAllowed) {
            throw new IllegalArgumentException("empty");
          }
          return text;
        },
        expected,
        "text",
        "");
  }

  /** A directory or file of this machine; a relative one is resolved against the working one. */
  static ValueType<Path> path() {
    return new SimpleType<>(
        text -> {
          if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
          }
          if (text.equals("~") || text.startsWith("~/")) {
            throw new IllegalArgumentException("'~' is not expanded here; write the whole path");
          }
          try {
            return Path.of(text).toAbsolutePath().normalize();
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + e.getReason(), e);
          }
        },
        "a path of this machine",
        "path",
        "");
  }

  /** One or more {@code host:port}, separated by commas, all different. */
  static ValueType<List<HostPort>> hostPorts() {
    return new SimpleType<>(
        text -> {
          List<HostPort> addresses = new ArrayList<>();
          for (String part : text.split(",", -1)) {
            HostPort address = HostPort.parse(part.trim());
            if (addresses.contains(address)) {
              throw new IllegalArgumentException(address + " is there twice");
            }
            addresses.add(address);
          }
          return List.copyOf(addresses);
        },
        "one or more host:port, separated by commas",
        "addresses",
        "");
  }

  static ValueType<ClusterMembers> clusterMembers() {
    return new SimpleType<>(
        ClusterMembers::parse,
        "NAME=HOST:RAFT:RPC:HTTP (three ports), one per master, separated by commas",
        "members",
        "1 to " + ClusterMembers.MAX_MEMBERS);
  }
}

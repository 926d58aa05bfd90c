package io.cadastre.core.mount;

import io.cadastre.core.path.NamespacePath;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Properties set on paths. They hold for the path and everything below it, until a deeper one says
 * otherwise. Immutable.
 */
public final class PolicyTable {
  public static final PolicyTable EMPTY = new PolicyTable(new TreeMap<>());

  /** A value in force, and the path on which it was set. */
  public record Effective(String value, NamespacePath origin) {}

  private final SortedMap<NamespacePath, Map<String, String>> policies;

  private PolicyTable(SortedMap<NamespacePath, Map<String, String>> policies) {
    this.policies = policies;
  }

  public static PolicyTable of(Map<NamespacePath, Map<String, String>> policies) {
    return policies.isEmpty() ? EMPTY : new PolicyTable(new TreeMap<>(policies));
  }

  /** All policies, by path. */
  public SortedMap<NamespacePath, Map<String, String>> all() {
    return Collections.unmodifiableSortedMap(policies);
  }

  /** What is set on exactly this path; empty if nothing is. */
  public Map<String, String> on(NamespacePath path) {
    return policies.getOrDefault(path, Map.of());
  }

  /**
   * The value of a key in force at a path: the path's own, else that of the nearest ancestor that
   * has it.
   */
  public Optional<Effective> effective(NamespacePath path, String key) {
    if (policies.isEmpty()) {
      return Optional.empty();
    }
    for (int depth = path.depth(); depth >= 0; depth--) {
      NamespacePath ancestor = path.ancestor(depth);
      String value = on(ancestor).get(key);
      if (value != null) {
        return Optional.of(new Effective(value, ancestor));
      }
    }
    return Optional.empty();
  }

  /** Policies at or below a path. */
  public SortedMap<NamespacePath, Map<String, String>> under(NamespacePath path) {
    TreeMap<NamespacePath, Map<String, String>> found = new TreeMap<>();
    policies.tailMap(path).entrySet().stream()
        .takeWhile(entry -> path.isPrefixOf(entry.getKey()))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }
}

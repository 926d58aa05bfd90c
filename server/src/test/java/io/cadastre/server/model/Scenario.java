package io.cadastre.server.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * The steps of one run and the faults between them. Both follow from the seed alone: nothing that a
 * cluster answers goes into it, since what each step does to the namespace is known beforehand.
 *
 * @param operations single operations in all steps
 * @param faults by the number of the step before which they begin
 */
record Scenario(long seed, List<Step> steps, int operations, NavigableMap<Integer, Fault> faults) {
  static final String READ_ONLY = "/ro";
  static final String WRITABLE = "/rw";

  /** Entries that are never removed: an empty root says nothing about what was in it. */
  static final String KEPT = "kept";

  /** The namespace in which a scenario begins. */
  static Namespace initial() {
    Namespace namespace = new Namespace();
    for (String mount : List.of(READ_ONLY, WRITABLE)) {
      StoreModel store = new StoreModel(mount, mount.equals(WRITABLE));
      namespace.mount(store);
    }
    return namespace;
  }

  /** Draws a scenario of at least so many operations. */
  static Scenario draw(long seed, int operations) {
    return new Drawing(seed).draw(operations);
  }

  /** The same for the same seed: a digest of every step and fault, in order. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < steps.size(); i++) {
        digest.update((i + " " + steps.get(i) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      for (Map.Entry<Integer, Fault> fault : faults.entrySet()) {
        digest.update(
            (fault.getKey() + " " + fault.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

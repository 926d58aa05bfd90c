package io.cadastre.server.model;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When which fault begins, by the number of the step before it. Who was killed is started again
 * before the next one is.
 */
final class FaultSchedule {
  private static final int FIRST_FAULT = 30;

  private FaultSchedule() {}

  /** Draws the faults between so many steps. */
  static NavigableMap<Integer, Fault> draw(Dice dice, int steps) {
    NavigableMap<Integer, Fault> faults = new TreeMap<>();
    // Whatever else is drawn, this one is in: it is what the term fence is there for.
    faults.put(FIRST_FAULT, new Fault(Fault.Kind.LATE_ENTRY, 0));
    int at = 2 * FIRST_FAULT;
    while (at < steps - 20) {
      int next = dice.between(40, 160);
      Fault.Kind kind = kind(dice);
      faults.put(at, new Fault(kind, dice.below(3)));
      if (kind == Fault.Kind.KILL_LEADER || kind == Fault.Kind.KILL_FOLLOWER) {
        faults.put(at + dice.between(10, 70), new Fault(Fault.Kind.RESTART, 0));
        next = Math.max(next, 75);
      }
      at += next;
    }
    return faults;
  }

  private static Fault.Kind kind(Dice dice) {
    int kind = dice.below(100);
    if (kind < 24) {
      return Fault.Kind.TRANSFER;
    }
    if (kind < 40) {
      return Fault.Kind.STEP_DOWN;
    }
    if (kind < 55) {
      return Fault.Kind.KILL_LEADER;
    }
    if (kind < 67) {
      return Fault.Kind.KILL_FOLLOWER;
    }
    if (kind < 71) {
      return Fault.Kind.KILL_ALL;
    }
    return kind < 86 ? Fault.Kind.SNAPSHOT : Fault.Kind.LATE_ENTRY;
  }
}

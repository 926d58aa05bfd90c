package io.cadastre.journal.apply;

/**
 * The term fence: an entry that was planned in one term never takes effect in another. Asked once
 * per entry, in log order, on the apply thread; the same answer on every replica, since it depends
 * on the entry alone. Not final only so that tests can show what becomes of a cluster without it.
 */
public class TermFence {
  /**
   * Whether an entry has no effect.
   *
   * @param plannedTerm the term in which its leader planned it, before the first lock
   * @param entryTerm the term into which the log put it
   */
  public boolean isStale(long plannedTerm, long entryTerm) {
    return plannedTerm != entryTerm;
  }
}

package io.cadastre.server.model;

import io.cadastre.core.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What a change must come to.
 *
 * @param refusal why it is refused; null if it is done
 * @param storeDisagrees refused because the store is not as known; which word is used for that is
 *     left open
 * @param stored whether its answer is kept under the operation id: it changed something
 * @param target the inode of the answer; null if it is refused
 * @param touched the inodes whose change index becomes that of the answer
 */
record Verdict(
    ErrorCode refusal, boolean storeDisagrees, boolean stored, Inode target, List<Inode> touched) {

  static Verdict refused(ErrorCode code) {
    return new Verdict(code, false, false, null, List.of());
  }

  static Verdict disagrees() {
    return new Verdict(null, true, false, null, List.of());
  }

  static Verdict nothingToDo(Inode target) {
    return new Verdict(null, false, false, target, List.of());
  }

  static Verdict done(Inode target, List<Inode> touched) {
    return new Verdict(null, false, true, target, touched.stream().distinct().toList());
  }

  boolean ok() {
    return refusal == null && !storeDisagrees;
  }

  /** Whether an answer is this one: empty for done, else the code of the refusal. */
  boolean matches(Optional<ErrorCode> answer) {
    if (storeDisagrees) {
      // A client that lost its leader meanwhile and then hears that the store does not answer says
      // that it does not know; the next listings and the store show that nothing was done.
      return answer.isPresent()
          && answer.get().fault() != ErrorCode.Fault.BUG
          && (answer.get().fault() != ErrorCode.Fault.CLUSTER
              || answer.get() == ErrorCode.OUTCOME_UNKNOWN);
    }
    return answer.equals(Optional.ofNullable(refusal));
  }

  @Override
  public String toString() {
    return storeDisagrees ? "a refusal" : ok() ? "done" : refusal.name();
  }
}

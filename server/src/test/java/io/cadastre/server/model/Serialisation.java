package io.cadastre.server.model;

import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.InodeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks for an order in which operations that were sent at once can have been done. */
final class Serialisation {
  private final Step.Race race;
  private final List<OwnCalls.Answer> answers;
  private final Map<String, FileStatus> after;

  private Serialisation(
      Step.Race race, List<OwnCalls.Answer> answers, Map<String, FileStatus> after) {
    this.race = race;
    this.answers = answers;
    this.after = after;
  }

  /**
   * Whether there is one that explains all answers and what was there afterwards.
   *
   * @param before the namespace before the first of them
   */
  static boolean exists(
      Namespace before,
      Step.Race race,
      List<OwnCalls.Answer> answers,
      Map<String, FileStatus> after) {
    return new Serialisation(race, answers, after).search(before, new ArrayList<>(), 0);
  }

  private boolean search(Namespace state, List<Integer> done, long newestIndex) {
    if (done.size() == answers.size()) {
      return isAfter(state);
    }
    for (int i = 0; i < answers.size(); i++) {
      if (done.contains(i)) {
        continue;
      }
      OwnCalls.Answer answer = answers.get(i);
      Namespace next = state.copyWithoutStores();
      Verdict verdict = next.apply(race.changes().get(i));
      if (!fits(verdict, answer, newestIndex)) {
        continue;
      }
      done.add(i);
      long index = verdict.stored() ? answer.stateIndex() : newestIndex;
      if (search(next, done, index)) {
        return true;
      }
      done.remove(done.size() - 1);
    }
    return false;
  }

  /** Changes are in the order of their indexes; an inode that is new gets its id here. */
  private static boolean fits(Verdict verdict, OwnCalls.Answer answer, long newestIndex) {
    if (!verdict.matches(answer.refusal())) {
      return false;
    }
    if (!verdict.ok()) {
      return true;
    }
    if (verdict.target().id == 0) {
      verdict.target().id = answer.done().getInodeId();
    }
    return verdict.target().id == answer.done().getInodeId()
        && (!verdict.stored() || answer.stateIndex() >= newestIndex);
  }

  private boolean isAfter(Namespace state) {
    Inode directory = state.find(race.directory());
    if (directory.children.size() != after.size()) {
      return false;
    }
    for (Map.Entry<String, Inode> child : directory.children.entrySet()) {
      FileStatus status = after.get(Paths.child(race.directory(), child.getKey()));
      if (status == null
          || status.getId() != child.getValue().id
          || status.getMode() != child.getValue().mode
          || (status.getKind() == InodeKind.DIRECTORY) != child.getValue().directory) {
        return false;
      }
    }
    return true;
  }
}

package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ratis' callbacks in the orders in which they can come. */
class RoleManagerTest {
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final List<String> fatal = Collections.synchronizedList(new ArrayList<>());
  private final LeadershipListener listener =
      new LeadershipListener() {
        @Override
        public void leading(long term) {
          events.add("leading " + term);
        }

        @Override
        public void notLeading() {
          events.add("not leading");
        }

        @Override
        public void leaderChanged(String node) {
          events.add("leader " + node);
        }
      };

  private RoleManager manager() {
    return new RoleManager("m1", listener, (reason, cause) -> fatal.add(reason));
  }

  @Test
  void readinessThatComesBehindTheLossOfItsTermIsIgnored() {
    RoleManager manager = manager();
    // The applier had much to do; meanwhile m2 was elected in term 4.
    manager.notLeader(4);
    manager.leaderChanged("m2", 4);
    manager.leaderReady(3);
    assertThat(manager.leadingTerm()).isZero();
    manager.close();
    assertThat(events).containsExactly("leader m2");
  }

  @Test
  void aLaterTermOfItsOwnCounts() {
    RoleManager manager = manager();
    manager.leaderReady(3);
    assertThat(manager.leadingTerm()).isEqualTo(3);
    manager.notLeader(4);
    assertThat(manager.leadingTerm()).isZero();
    manager.leaderReady(5);
    assertThat(manager.leadingTerm()).isEqualTo(5);
    await().until(() -> events.contains("leading 5"));
    manager.close();
    assertThat(events).endsWith("leading 5", "not leading");
    assertEveryLeadingIsEnded();
  }

  @Test
  void everyLeadingIsEndedBeforeTheNext() {
    RoleManager manager = manager();
    for (long term = 1; term < 200; term += 2) {
      manager.leaderChanged("m1", term);
      manager.leaderReady(term);
      if (term % 3 == 0) {
        manager.notLeader(term + 1);
      } else if (term % 3 == 1) {
        manager.leaderChanged("m2", term + 1);
      }
    }
    manager.close();
    assertEveryLeadingIsEnded();
    assertThat(fatal).isEmpty();
  }

  private void assertEveryLeadingIsEnded() {
    List<String> roles = events.stream().filter(e -> !e.startsWith("leader ")).toList();
    for (int i = 0; i < roles.size(); i++) {
      assertThat(roles.get(i).startsWith("leading")).as("%s", roles).isEqualTo(i % 2 == 0);
    }
  }

  @Test
  void aListenerThatThrowsEndsTheProcess() {
    RoleManager manager =
        new RoleManager(
            "m1",
            new LeadershipListener() {
              @Override
              public void leading(long term) {
                throw new IllegalStateException("cannot lead");
              }

              @Override
              public void notLeading() {}

              @Override
              public void leaderChanged(String node) {}
            },
            (reason, cause) -> fatal.add(reason + ": " + cause.getMessage()));
    manager.leaderReady(1);
    await().until(() -> !fatal.isEmpty());
    manager.close();
    assertThat(fatal).containsExactly("Cannot change the role of this master: cannot lead");
  }
}

package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.StateHashRequest;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.CheckState;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.StateVerdict;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.server.namespace.LeadershipSource;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the states of the members while they run. A journaled CheckState record makes every
 * member take a view right behind it and hash that in the background, two of them at most; the
 * leader asks all members for their hashes and journals the verdict. Thread-safe.
 */
public final class StateCheckService implements StateChecks, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateCheckService.class);
  private static final int KEPT_RESULTS = 16;
  private static final long POLL_MILLIS = 50;

  /** How long a member that cannot be reached is asked again, if all others have answered. */
  private static final long UNREACHABLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String node;
  private final ClusterMembers members;
  private final LeadershipSource leaderships;
  private final ExecutorService hasher;
  private final Map<Long, StateHashResult> results =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, StateHashResult> eldest) {
          return size() > KEPT_RESULTS;
        }
      };

  public StateCheckService(String node, ClusterMembers members, LeadershipSource leaderships) {
    this.node = node;
    this.members = members;
    this.leaderships = leaderships;
    this.hasher =
        // A view holds back what RocksDB may throw away: beside the one at work only one waits.
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            task -> {
              Thread thread = new Thread(task, node + "-state-hash");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Takes the view right behind a CheckState record; called on the apply thread. One too many is
   * not hashed: its result is FAILED.
   */
  public void hash(AppliedView view) {
    long index = view.stateIndex();
    put(index, StateHashResult.newBuilder().setState("PENDING"));
    try {
      hasher.execute(
          () -> {
            try (view) {
              StateHash hash = StateHash.of(view);
              put(
                  index,
                  StateHashResult.newBuilder()
                      .setState("READY")
                      .setHash(hash.hash())
                      .setRows(hash.rows()));
            } catch (RuntimeException e) {
              LOG.error("The state at index {} could not be hashed", index, e);
              put(index, StateHashResult.newBuilder().setState("FAILED"));
            }
          });
    } catch (RejectedExecutionException e) {
      view.close();
      LOG.warn("The state at index {} is not hashed: earlier ones still are", index);
      put(index, StateHashResult.newBuilder().setState("FAILED"));
    }
  }

  private void put(long index, StateHashResult.Builder result) {
    synchronized (results) {
      results.put(index, result.setNode(node).setIndex(index).build());
    }
  }

  @Override
  public StateHashResult result(long stateIndex) {
    synchronized (results) {
      StateHashResult known = results.get(stateIndex);
      return known != null
          ? known
          : StateHashResult.newBuilder()
              .setNode(node)
              .setIndex(stateIndex)
              .setState("UNKNOWN_INDEX")
              .build();
    }
  }

  @Override
  public CheckStateResult check(long timeoutMillis) {
    Leadership leadership = leaderships.require();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    long index;
    try {
      index =
          leadership
              .append(
                  List.of(
                      JournalRecord.newBuilder()
                          .setCheckState(
                              CheckState.newBuilder().setCheckId(leadership.clock().millis()))
                          .build()))
              .get(timeoutMillis, TimeUnit.MILLISECONDS);
      List<StateHashResult> collected = collect(index, deadline);
      return verdict(leadership, index, collected);
    } catch (TimeoutException e) {
      throw new MetadataException(
          ErrorCode.DEADLINE_EXCEEDED,
          "The check was not journaled in time; does a majority of the masters run?",
          e);
    } catch (ExecutionException e) {
      throw MetadataExceptions.unwrap(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetadataExceptions.unwrap(e);
    }
  }

  private List<StateHashResult> collect(long index, long deadline) throws InterruptedException {
    Map<String, StateHashResult> byNode = new LinkedHashMap<>();
    long patient = System.nanoTime() + UNREACHABLE_NANOS;
    try (MemberChannels channels = new MemberChannels()) {
      boolean open = true;
      while (open && System.nanoTime() - deadline < 0) {
        open = false;
        boolean awaited = false;
        for (ClusterMember member : members.all()) {
          StateHashResult known = byNode.get(member.name());
          if (known == null || !known.getState().equals("READY")) {
            StateHashResult asked = ask(member, index, channels);
            byNode.put(member.name(), asked);
            open |= !asked.getState().equals("READY") && !asked.getState().equals("FAILED");
            awaited |=
                asked.getState().equals("PENDING") || asked.getState().equals("UNKNOWN_INDEX");
          }
        }
        // Of a member that is down nobody knows when it comes back.
        open &= awaited || System.nanoTime() - patient < 0;
        if (open) {
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
      }
    }
    return new ArrayList<>(byNode.values());
  }

  private StateHashResult ask(ClusterMember member, long index, MemberChannels channels) {
    if (member.name().equals(node)) {
      return result(index);
    }
    try {
      return channels
          .admin(member)
          .getStateHash(StateHashRequest.newBuilder().setIndex(index).build());
    } catch (StatusRuntimeException e) {
      return StateHashResult.newBuilder()
          .setNode(member.name())
          .setIndex(index)
          .setState("UNREACHABLE")
          .build();
    }
  }

  /** Journals what a majority says; without one nobody can be blamed. */
  private CheckStateResult verdict(
      Leadership leadership, long index, List<StateHashResult> collected)
      throws InterruptedException, ExecutionException {
    Map<String, Integer> votes = new HashMap<>();
    for (StateHashResult result : collected) {
      if (result.getState().equals("READY")) {
        votes.merge(result.getHash(), 1, Integer::sum);
      }
    }
    String majority =
        votes.entrySet().stream()
            .filter(entry -> entry.getValue() > members.size() / 2)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    StateVerdict.Builder verdict = StateVerdict.newBuilder().setIndex(index).setHash(majority);
    boolean complete = true;
    for (StateHashResult result : collected) {
      boolean ready = result.getState().equals("READY");
      complete &= ready;
      if (ready && !majority.isEmpty() && !result.getHash().equals(majority)) {
        verdict.addDifferentNodes(result.getNode());
      }
    }
    String word;
    if (votes.size() > 1) {
      word = "DIFFERENT";
      LOG.error("The states of the members differ at index {}: {}", index, collected);
    } else {
      word = complete ? "EQUAL" : "INCOMPLETE";
    }
    leadership.append(List.of(JournalRecord.newBuilder().setStateVerdict(verdict).build())).get();
    return CheckStateResult.newBuilder()
        .setIndex(index)
        .addAllMembers(collected)
        .setVerdict(word)
        .build();
  }

  @Override
  public void close() {
    hasher.shutdown();
    try {
      // Views must be given back before the store is closed.
      hasher.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

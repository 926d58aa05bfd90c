package io.cadastre.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three masters that share one table of answers, as a replicated one is, and whose leadership moves
 * every few tens of milliseconds in every way: handed over, with answers lost, or frozen. Each call
 * must be answered, each effect must happen once.
 */
final class LeaderChangesTest {
  private static final int WRITERS = 16;
  private static final int CHANGES = 40;

  private final List<FakeMaster> masters = new ArrayList<>();
  private final Map<OperationId, CallResponse> answers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();

  private CallResponse execute(FakeMaster master, CallRequest call) {
    CallResponse answer =
        answers.computeIfAbsent(
            call.getOperationId(),
            id -> {
              String path = call.getCreateFile().getPath();
              effects.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
              return master.ok(call);
            });
    return answer.toBuilder().setCallId(call.getCallId()).build();
  }

  private void lead(FakeMaster master, long term) {
    master.handler = call -> execute(master, call);
    thaw(master);
    master.leads(term);
  }

  /**
   * What reached a frozen master is lost, and so are the streams that it came on: a call that is
   * lost on a stream that lives on would rightly be waited for, if its master leads again.
   */
  private static void thaw(FakeMaster master) {
    if (master.frozen) {
      master.frozen = false;
      master.breakStreams();
    }
  }

  private void stepDown(FakeMaster master, FakeMaster next, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> master.follows(next.address());
      case 1 -> master.follows("");
      case 2 -> {
        // Carries out what arrives, and its answers are lost with the stream.
        master.handler =
            call -> {
              execute(master, call);
              return null;
            };
        pause(5);
        master.follows("");
        master.breakStreams();
      }
      default -> master.frozen = true;
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(60)
  void everyCallIsAnsweredAndTakesEffectOnce() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 1; i <= 3; i++) {
      masters.add(FakeMaster.follower("m" + i).follows(""));
    }
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
    AtomicBoolean stop = new AtomicBoolean();
    try (MetadataClient client =
        Clients.of(masters.toArray(FakeMaster[]::new))
            .silentAfter(Duration.ofMillis(60))
            .probeTimeout(Duration.ofMillis(200))
            .probePause(Duration.ofMillis(10))
            .callTimeout(Duration.ofSeconds(30))
            .build()) {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        int writer = w;
        writers.add(pool.submit(() -> write(client, "/w" + writer + "/", stop)));
      }
      FakeMaster leader = masters.get(0);
      lead(leader, 1);
      // Classes are loaded and the stream is open before leadership begins to move.
      client.createFile("/begun");
      for (int term = 2; term < CHANGES; term++) {
        pause(20 + random.nextInt(60));
        FakeMaster next = masters.get(random.nextInt(3));
        if (next != leader) {
          stepDown(leader, next, random);
          leader = next;
        }
        lead(leader, term);
        for (FakeMaster master : masters) {
          if (master != leader && master.frozen && random.nextBoolean()) {
            master.follows(leader.address());
            thaw(master);
          }
        }
      }
      stop.set(true);

      int calls = 0;
      for (Future<Integer> writer : writers) {
        calls += writer.get(40, TimeUnit.SECONDS);
      }
      assertThat(calls).as("seed %d", seed).isGreaterThan(CHANGES);
      assertThat(effects).as("seed %d", seed).hasSize(calls + 1);
      assertThat(effects.values()).as("seed %d", seed).allMatch(count -> count.get() == 1);
    } finally {
      stop.set(true);
      pool.shutdownNow();
      masters.forEach(FakeMaster::close);
    }
  }

  private static int write(MetadataClient client, String prefix, AtomicBoolean stop) {
    int calls = 0;
    while (!stop.get()) {
      assertThat(client.createFile(prefix + calls).value().getChanged()).isTrue();
      calls++;
    }
    return calls;
  }

  /** What the check above would see if the masters did not store answers: it can fail. */
  @Test
  @Timeout(60)
  void withoutStoredAnswersALostAnswerWouldBeCarriedOutTwice() {
    FakeMaster master = FakeMaster.leader("m1", 1);
    AtomicInteger effect = new AtomicInteger();
    master.handler =
        call -> {
          if (effect.incrementAndGet() == 1) {
            return master.error(call, ErrorCode.OUTCOME_UNKNOWN);
          }
          return master.ok(call);
        };
    try (master;
        MetadataClient client = Clients.of(master).build()) {
      client.createFile("/a");

      assertThat(effect).hasValue(2);
      assertThat(master.operationIds().stream().distinct()).hasSize(1);
    }
  }
}

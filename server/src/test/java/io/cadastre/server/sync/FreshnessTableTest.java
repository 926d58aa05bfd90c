package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.Answer;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.time.ManualTimeSource;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.ufs.testing.StoreOperation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which requests a read sends to the store, for every place and depth of a mark, interval and
 * policy: row by row as written in `freshness.txt`. All rows share a master, whose clock stands
 * still; each has a tree of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreshnessTableTest {
  private static final String INTERVAL = "cadastre.user.file.metadata.sync.interval";
  private static final Duration AGE = Duration.ofMinutes(30);

  /** Asks nothing, so that no mark comes of it. */
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withSyncIntervalMillis(-1);

  private static final String NOTHING = "nothing";

  /** One line of the table. */
  record Row(
      int number,
      String request,
      String markOn,
      String mark,
      String interval,
      String policy,
      String asked) {
    String tree() {
      return "row-" + number;
    }

    String path(String below) {
      return "/m/" + tree() + "/" + below;
    }

    /** Milliseconds. */
    long millis() {
      return millisOf(interval);
    }

    private static long millisOf(String interval) {
      return switch (interval) {
        case "fresh" -> AGE.toMillis() + 1;
        case "expired" -> AGE.toMillis();
        default -> Long.parseLong(interval);
      };
    }

    /** The interval that a policy sets on the child; empty if none does. */
    String childPolicy() {
      return policy.startsWith("child=") ? policyOf(policy.substring("child=".length())) : "";
    }

    private static String policyOf(String interval) {
      long millis = millisOf(interval);
      return millis <= 0 ? Long.toString(millis) : millis + "ms";
    }

    @Override
    public String toString() {
      return String.join(" ", request, markOn, mark, interval, policy) + " -> " + asked;
    }
  }

  private final ManualTimeSource time = new ManualTimeSource(System.currentTimeMillis());
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private SyncFixture sync;

  static Stream<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                FreshnessTableTest.class.getResourceAsStream("freshness.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split(" +", 6);
          rows.add(
              new Row(rows.size(), cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]));
        }
      }
    }
    return rows.stream();
  }

  @BeforeAll
  void makeTreesWithMarks(@TempDir Path directory) throws IOException {
    sync = new SyncFixture(directory);
    sync.master.withClusterTime(time);
    sync.start(MountOptions.DEFAULT.withWritable(true));
    List<Row> rows = rows().toList();
    all(rows.stream().map(FreshnessTableTest::tree).toList());
    all(rows.stream().flatMap(FreshnessTableTest::policy).toList());
    long listed = sync.master.stateIndex();
    List<JournalRecord> marks = new ArrayList<>();
    for (Row row : rows) {
      marks.addAll(marks(row, listed));
    }
    sync.master.journal(marks);
    time.advance(AGE);
    for (StoreOperation operation : List.of(StoreOperation.STATUS, StoreOperation.LIST)) {
      String name = operation == StoreOperation.STATUS ? "stat " : "list ";
      sync.store.faults().on(operation).matching(path -> asked.add(name + path)).run(() -> {});
    }
  }

  private <T> void all(List<Operation<T>> operations) {
    for (CompletableFuture<Answer<T>> answer : sync.client.batch(operations)) {
      answer.join();
    }
  }

  private static Operation<io.cadastre.core.api.proto.Done> tree(Row row) {
    return Operation.createDirectory(
        row.path("g/p/s/c"), DirectoryOptions.DEFAULT.withParents(true));
  }

  private static Stream<Operation<io.cadastre.core.api.proto.Done>> policy(Row row) {
    if (row.policy().equals("ancestor")) {
      return Stream.of(
          Operation.setPolicy(row.path("g"), Map.of(INTERVAL, Row.policyOf(row.interval()))));
    }
    return row.childPolicy().isEmpty()
        ? Stream.empty()
        : Stream.of(Operation.setPolicy(row.path("g/p/s/c"), Map.of(INTERVAL, row.childPolicy())));
  }

  /** The row's mark; with an ALL mark the trace that a run leaves in each directory below. */
  private List<JournalRecord> marks(Row row, long index) {
    Map<String, String> places = new HashMap<>();
    places.put("self", "g/p/s");
    places.put("parent", "g/p");
    places.put("grandparent", "g");
    String place = places.get(row.markOn());
    long id = id(row.path(place));
    long millis = time.wallMillis();
    if (row.mark().equals("SELF")) {
      String above = row.path(place).substring(0, row.path(place).lastIndexOf('/'));
      String name = place.substring(place.lastIndexOf('/') + 1);
      return List.of(Records.selfMark(id(above), name, id, millis, index));
    }
    List<JournalRecord> marks = new ArrayList<>();
    if (row.mark().equals("ALL")) {
      for (String below : List.of("g", "g/p", "g/p/s", "g/p/s/c")) {
        if (below.length() > place.length()) {
          long belowId = id(row.path(below));
          marks.add(
              Records.mark(
                  PutSyncMark.Depth.CHILDREN, belowId, Freshness.LOADED_MILLIS, index - 1));
        }
      }
    }
    marks.add(Records.mark(PutSyncMark.Depth.valueOf(row.mark()), id, millis, index));
    return marks;
  }

  private long id(String path) {
    return sync.client.getStatus(path, KNOWN).value().getId();
  }

  @AfterAll
  void stop() {
    sync.close();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void asksWhatTheTableSays(Row row) {
    asked.clear();
    read(row);
    String tree = row.tree() + "/g/p/";
    String found =
        asked.stream()
            .map(request -> request.replace(tree + "s/c", "c").replace(tree + "s", "s"))
            .sorted(
                java.util.Comparator.comparingInt(List.of("stat s", "list s", "list c")::indexOf))
            .collect(Collectors.joining(", "));
    assertThat(found.isEmpty() ? NOTHING : found).isEqualTo(row.asked());
  }

  private void read(Row row) {
    ReadOptions options =
        switch (row.policy()) {
          case "none" -> ReadOptions.DEFAULT.withSyncIntervalMillis(row.millis());
          case "ancestor" -> ReadOptions.DEFAULT;
          default -> ReadOptions.DEFAULT.withDefaultSyncIntervalMillis(row.millis());
        };
    if (row.request().equals("stat")) {
      sync.client.getStatus(row.path("g/p/s"), options);
      return;
    }
    try (ListStream pages =
        sync.client.list(
            row.path("g/p/s"),
            ListOptions.DEFAULT.withRecursive(row.request().equals("list-R")).withRead(options))) {
      pages.forEachRemaining(page -> {});
    }
  }

  @Test
  void everyCombinationHasARow() throws IOException {
    assertThat(rows().map(row -> row.toString().replaceAll(" -> .*", "")).distinct().count())
        .isEqualTo(3 * 3 * 3 * 4 * 4);
  }
}

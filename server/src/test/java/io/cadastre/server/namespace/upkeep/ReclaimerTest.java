package io.cadastre.server.namespace.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.Answer;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lay below a directory that was deleted: its rows go by and by, whoever leads. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReclaimerTest {
  /** In one directory: more than the reclaimer takes away by two records. */
  private static final int FILES = 5_000;

  private static final int DIRECTORIES = 20;

  /** All below the directory that is deleted: a large one, and some with a directory and a file. */
  private static final int BELOW = 1 + FILES + 3 * DIRECTORIES;

  private static final String RATE = "cadastre.master.reclaim.entries.per.second";

  /** 20 s after each record that takes 2,000 entries away. */
  private static final String SLOWLY = "100";

  private static final String FAST = "100000";
  private static final FileOptions COMPLETE =
      FileOptions.DEFAULT.withComplete(true).withParents(true);
  private static final DeleteOptions RECURSIVE = DeleteOptions.DEFAULT.withRecursive(true);

  @TempDir Path directory;
  private TestMaster master;
  private MetadataClient client;
  private Map<Family, Long> before;

  @BeforeEach
  void prepare() {
    master = TestMaster.in(directory).withHttp();
  }

  @AfterEach
  void stop() {
    master.close();
  }

  /** Makes the tree, and something beside it. */
  private void start() throws Exception {
    client = master.start().client();
    client.createFile("/beside/file", COMPLETE);
    before = rows();
    List<Operation<Done>> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(Operation.createFile("/tree/many/f" + i, COMPLETE));
    }
    for (int i = 0; i < DIRECTORIES; i++) {
      files.add(Operation.createFile("/tree/d" + i + "/e/f", COMPLETE));
    }
    for (int from = 0; from < files.size(); from += 500) {
      for (CompletableFuture<Answer<Done>> made :
          client.batch(files.subList(from, Math.min(from + 500, files.size())))) {
        made.get(30, TimeUnit.SECONDS);
      }
    }
    assertThat(rows().get(Family.CHILDREN)).isEqualTo(before.get(Family.CHILDREN) + 1 + BELOW);
  }

  private Map<Family, Long> rows() {
    Map<Family, Long> rows = new EnumMap<>(Family.class);
    try (AppliedView view = master.view()) {
      for (Family family : List.of(Family.CHILDREN, Family.DIRECTORIES, Family.DETACHED)) {
        try (RowCursor all = view.scan(family, new byte[0], null)) {
          rows.put(family, count(all));
        }
      }
    }
    return rows;
  }

  private long children(long directoryId) {
    try (AppliedView view = master.view();
        RowCursor rows = view.children(directoryId)) {
      return count(rows);
    }
  }

  private static long count(RowCursor rows) {
    long count = 0;
    for (; rows.valid(); rows.next()) {
      count++;
    }
    return count;
  }

  private long metric(String name) {
    Matcher matcher =
        Pattern.compile("(?m)^" + name + " ([0-9]+)").matcher(master.http("/metrics"));
    assertThat(matcher.find()).as(name).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private void allGoes() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(rows()).isEqualTo(before));
    assertThat(metric("cadastre_reclaim_pending")).isZero();
    assertThat(client.exists("/tree").value()).isFalse();
    assertThat(client.exists("/beside/file").value()).isTrue();
  }

  @Test
  void allRowsGo() throws Exception {
    start();
    client.delete("/tree", RECURSIVE);
    assertThat(client.exists("/tree").value()).isFalse();
    allGoes();
    assertThat(metric("cadastre_reclaim_entries_total")).isEqualTo(BELOW);
  }

  @Test
  void theNameIsFreeAtOnceAndWhatIsMadeThereStays() throws Exception {
    master.with(RATE, SLOWLY);
    start();
    client.delete("/tree", RECURSIVE);
    client.createFile("/tree/many/f1", COMPLETE);
    assertThat(rows().get(Family.DETACHED)).isPositive();
    assertThat(client.count("/tree").value().getFiles()).isEqualTo(1);
    master.with(RATE, FAST).restart();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(rows().get(Family.DETACHED)).isZero());
    assertThat(client.exists("/tree/many/f1").value()).isTrue();
    assertThat(rows().get(Family.CHILDREN)).isEqualTo(before.get(Family.CHILDREN) + 3);
    client.delete("/tree", RECURSIVE);
    allGoes();
  }

  @Test
  void theNextLeaderGoesOn() throws Exception {
    master.with(RATE, SLOWLY);
    start();
    long many = client.getStatus("/tree/many").value().getId();
    client.delete("/tree", RECURSIVE);
    await().atMost(Duration.ofSeconds(30)).until(() -> children(many) < FILES);
    assertThat(children(many)).isPositive();
    assertThat(metric("cadastre_reclaim_pending")).isPositive();
    master.restart();
    client.listMounts();
    assertThat(children(many)).as("neither done by the first one").isPositive();
    master.with(RATE, FAST).restart();
    allGoes();
  }

  @Test
  void isTenTimesSlowerWhileItGivesWay() {
    AtomicBoolean givesWay = new AtomicBoolean();
    Reclaimer reclaimer = new Reclaimer(100_000, givesWay::get, new Metrics());
    assertThat(reclaimer.pauseMillis(2_000)).isEqualTo(20);
    assertThat(reclaimer.pauseMillis(0)).as("of an empty directory").isEqualTo(1);
    givesWay.set(true);
    assertThat(reclaimer.pauseMillis(2_000)).isEqualTo(200);
  }
}

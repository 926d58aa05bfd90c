package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static io.cadastre.ufs.testing.StoreOperation.LIST;
import static io.cadastre.ufs.testing.StoreOperation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.DeleteOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mark covers, seen by the requests that the store gets. */
class SyncMarksTest {
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);

  private static final DeleteOptions HERE_ONLY =
      DeleteOptions.DEFAULT.withRecursive(true).withCadastreOnly(true);

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    sync.store.write("a/b/c/file", 1);
    sync.store.write("a/b/other", 1);
    sync.store.mkdirs("z");
    sync.master.withHttp();
    sync.start(MountOptions.DEFAULT.withWritable(true));
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  private boolean asks(Runnable read) {
    long before = requests();
    read.run();
    return requests() > before;
  }

  private long requests() {
    return sync.store.requests(StoreOperation.LIST) + sync.store.requests(StoreOperation.STATUS);
  }

  private boolean statAsks(String path) {
    return asks(() -> sync.client.exists(path, AN_HOUR));
  }

  private boolean listAsks(String path) {
    return asks(() -> sync.names(path, AN_HOUR));
  }

  @Test
  void aStatCoversTheStatOfThePathOnly() {
    sync.client.getStatus("/m/a/b", AT_ONCE);
    assertThat(statAsks("/m/a/b")).isFalse();
    assertThat(statAsks("/m/a/b/other")).isTrue();
    assertThat(listAsks("/m/a/b")).isTrue();
    assertThat(statAsks("/m/a")).isTrue();
  }

  @Test
  void aListCoversTheDirectoryItsEntriesAndWhatIsNotInIt() {
    sync.names("/m/a/b", AT_ONCE);
    assertThat(statAsks("/m/a/b")).isFalse();
    assertThat(listAsks("/m/a/b")).isFalse();
    assertThat(statAsks("/m/a/b/other")).isFalse();
    assertThat(statAsks("/m/a/b/nothing")).isFalse();
    assertThat(statAsks("/m/a/b/c")).isFalse();
    assertThat(listAsks("/m/a/b/c")).isTrue();
  }

  @Test
  void aLoadDoesNotHideThatEverythingWasComparedBeforeIt() {
    sync.load("/m", ALL_AGAIN);
    sync.client.createDirectory("/m/a/new");
    sync.names("/m/a/new", ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS));
    assertThat(listAsks("/m/a/new")).isFalse();
  }

  @Test
  void aSubtreeCoversAllBelowAndSurvivesANewLeader() {
    sync.load("/m", ALL_AGAIN);
    for (String path : List.of("/m/a", "/m/a/b", "/m/a/b/c")) {
      assertThat(listAsks(path)).as(path).isFalse();
    }
    assertThat(statAsks("/m/a/b/c/file")).isFalse();
    awaitMarks();
    sync.master.restart();
    assertThat(listAsks("/m/a/b/c")).isFalse();
    assertThat(statAsks("/m/a/b/c/file")).isFalse();
  }

  private void awaitMarks() {
    org.awaitility.Awaitility.await()
        .until(() -> sync.master.http("/metrics").contains("\ncadastre_sync_marks_waiting 0\n"));
  }

  @Test
  void aSubtreeDoesNotCoverADirectoryThatCameLater() {
    sync.load("/m/z", ALL_AGAIN);
    assertThat(listAsks("/m/z")).isFalse();
    sync.client.rename("/m/a/b", "/m/z/b", false);
    assertThat(listAsks("/m/z/b")).isTrue();
    assertThat(listAsks("/m/z/b/c")).isTrue();
    // Now they have marks of their own.
    assertThat(listAsks("/m/z/b/c")).isFalse();
  }

  @Test
  void aMarkDoesNotReachIntoAnotherMount() {
    MemoryStore inner = MemoryStore.named("inner-" + System.nanoTime());
    inner.write("x", 1);
    sync.client.mount("/m/z/mount", inner.uri(), MountOptions.DEFAULT);
    sync.load("/m", ALL_AGAIN);
    inner.write("y", 1);
    assertThat(sync.names("/m/z/mount", AN_HOUR)).containsExactly("x", "y");
  }

  @Test
  void marksFollowARename() {
    sync.names("/m/a/b", AT_ONCE);
    sync.client.getStatus("/m/a/b/c/file", AT_ONCE);
    sync.client.rename("/m/a/b", "/m/z/moved", false);
    assertThat(listAsks("/m/z/moved")).isFalse();
    assertThat(statAsks("/m/z/moved/other")).isFalse();
    assertThat(statAsks("/m/z/moved/c/file")).isFalse();
    sync.client.rename("/m/z/moved/c/file", "/m/z/file", false);
    assertThat(statAsks("/m/z/file")).isFalse();
  }

  @Test
  void marksGoWithADelete() {
    sync.names("/m/a/b/c", AT_ONCE);
    sync.client.getStatus("/m/a/b/c/file", AT_ONCE);
    sync.client.delete("/m/a/b/c", HERE_ONLY);
    // Both are there again, as other inodes.
    assertThat(statAsks("/m/a/b/c/file")).isTrue();
    assertThat(listAsks("/m/a/b/c")).isTrue();
    assertThat(sync.names("/m/a/b/c")).containsExactly("file");
  }

  @Test
  void aMarkAboveDoesNotCoverADirectoryThatNobodyHasListed() {
    sync.load("/m", ALL_AGAIN);
    sync.store.write("a/new/below/file", 1);
    sync.store.write("a/new/file", 1);
    // It is seen in the directory above, and what is in it is not.
    assertThat(sync.names("/m/a", AT_ONCE)).containsExactly("b", "new");
    assertThat(sync.names("/m/a/new")).containsExactly("below", "file");
    assertThat(sync.names("/m/a/new/below")).containsExactly("file");
    assertThat(asks(() -> sync.names("/m/a/new"))).isFalse();
  }

  @Test
  void noSubtreeMarkOverAFailedPart() {
    sync.store.faults().on(StoreOperation.LIST).at("a/b/c").fail(Kind.UNAVAILABLE);
    assertThat(sync.load("/m", ALL_AGAIN).getFailed()).isEqualTo(1);
    sync.store.faults().clear();
    assertThat(listAsks("/m/a/b")).isFalse();
    assertThat(listAsks("/m/a/b/c")).isTrue();
  }

  /** A rename in /m/a/b that deletes its destination in the store and then is refused. */
  private void giveUpHalfDone() {
    sync.store.faults().on(StoreOperation.RENAME).fail(Kind.DENIED);
    assertThatThrownBy(
            () -> sync.client.withRetries(false).rename("/m/a/b/other", "/m/a/b/destination", true))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
    sync.store.faults().clear();
  }

  @Test
  void aChangeThatWasGivenUpBreaksTheMarksThereAndBelow() {
    sync.store.write("a/b/destination", 1);
    sync.load("/m", ALL_AGAIN);
    // Marks of their own, and those of the directories.
    sync.client.getStatus("/m/a/b/other", AT_ONCE);
    sync.names("/m/a/b", AT_ONCE);
    sync.names("/m/a/b/c", AT_ONCE);
    assertThat(statAsks("/m/a/b/other")).isFalse();
    assertThat(listAsks("/m/a/b/c")).isFalse();
    giveUpHalfDone();
    assertThat(statAsks("/m/a/b/other")).isTrue();
    assertThat(statAsks("/m/a/b/other")).isFalse();
    assertThat(listAsks("/m/a/b/c")).isTrue();
    assertThat(listAsks("/m/a/b/c")).isFalse();
    assertThat(listAsks("/m/a/b")).isTrue();
    assertThat(listAsks("/m/a/b")).isFalse();
    assertThat(listAsks("/m/a")).isFalse();
  }

  @Test
  void aChangeThatWasGivenUpIsLookedAtThoughNoIntervalAsksForIt() {
    sync.store.write("a/b/destination", 1);
    sync.load("/m", ALL_AGAIN);
    long id = sync.stat("/m/a/b/other").getId();
    assertThat(asks(() -> sync.names("/m/a/b"))).isFalse();
    giveUpHalfDone();
    assertThat(sync.client.getStatus("/m/a/b").value().getDue()).startsWith("not due");
    assertThat(sync.names("/m/a/b")).containsExactly("c", "other");
    assertThat(sync.stat("/m/a/b/other").getId()).isEqualTo(id);
    assertThat(asks(() -> sync.names("/m/a/b"))).isFalse();
    assertThat(asks(() -> sync.names("/m/a"))).isFalse();
  }

  @Test
  void whatIsMovedOutOfAnInvalidatedDirectoryStaysInvalidated() {
    sync.store.write("a/b/destination", 1);
    sync.load("/m", ALL_AGAIN);
    giveUpHalfDone();
    sync.client.rename("/m/a/b/c", "/m/z/c", false);
    sync.store.write("z/c/late", 1);
    assertThat(sync.names("/m/z/c")).containsExactly("file", "late");
    assertThat(asks(() -> sync.names("/m/z/c"))).isFalse();
    // Moved once more, it carries nothing that is over.
    sync.names("/m/a/b");
    sync.client.rename("/m/z/c", "/m/a/c", false);
    assertThat(asks(() -> sync.names("/m/a/c"))).isFalse();
  }

  @Test
  void aRecursiveReadSeesAnInvalidationBelowAndOnlyThatIsListed() {
    sync.store.write("a/b/destination", 1);
    sync.store.write("y/file", 1);
    sync.load("/m", ALL_AGAIN);
    assertThat(asks(() -> listAll("/m"))).isFalse();
    giveUpHalfDone();
    awaitMarks();
    sync.master.restart();
    sync.store.write("a/b/late", 1);
    sync.store.write("y/late", 1);
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    sync.store.faults().on(STATUS).matching(path -> asked.add("status " + path)).run(() -> {});
    sync.store.faults().on(LIST).matching(path -> asked.add("list " + path)).run(() -> {});
    assertThat(listAll("/m")).contains("/m/a/b/late").doesNotContain("/m/a/b/destination");
    // The path itself, the invalidated directory and the one below it; and the root, to see that it
    // is not empty before anything is deleted.
    assertThat(asked).containsExactlyInAnyOrder("status ", "list a/b", "list a/b/c", "list ");
    asked.clear();
    assertThat(listAll("/m")).doesNotContain("/m/y/late");
    sync.names("/m/a/b");
    assertThat(asked).isEmpty();
  }

  @Test
  void aRecursiveReadOfWhatWasOnlyLoadedSeesAnInvalidationOnce() {
    sync.store.write("a/b/destination", 1);
    sync.load("/m", ALL);
    giveUpHalfDone();
    assertThat(listAll("/m/a")).doesNotContain("/m/a/b/destination");
    assertThat(asks(() -> listAll("/m/a"))).isFalse();
  }

  private List<String> listAll(String path) {
    List<String> paths = new ArrayList<>();
    try (ListStream pages = sync.client.list(path, ListOptions.DEFAULT.withRecursive(true))) {
      pages.forEachRemaining(page -> page.entries().forEach(entry -> paths.add(entry.getPath())));
    }
    return paths;
  }

  @Test
  void aSubtreeMarkIsNoNewerThanWhatItRestsOn() {
    ReadOptions hour = AN_HOUR;
    sync.names("/m/a/b/c", AT_ONCE);
    long compared = System.currentTimeMillis();
    org.awaitility.Awaitility.await().until(() -> System.currentTimeMillis() > compared + 1_000);
    // Skips a/b/c, which is fresh, and then knows the whole subtree, as of then.
    try (ListStream pages =
        sync.client.list("/m", ListOptions.DEFAULT.withRead(hour).withRecursive(true))) {
      pages.forEachRemaining(page -> {});
    }
    assertThat(listAsks("/m/a/b/c")).isFalse();
    long age = System.currentTimeMillis() - compared;
    assertThat(
            asks(
                () ->
                    sync.names("/m/a/b/c", ReadOptions.DEFAULT.withSyncIntervalMillis(age - 500))))
        .isTrue();
  }

  @Test
  void tenThousandStatsOfUnchangedPathsJournalHardlyAnything() {
    int paths = 100;
    for (int i = 0; i < paths; i++) {
      sync.store.write("many/f" + i, 1);
    }
    sync.load("/m", ALL_AGAIN);
    List<Operation<FileStatus>> stats = new ArrayList<>();
    for (int i = 0; i < paths; i++) {
      stats.add(Operation.getStatus("/m/many/f" + i, AT_ONCE));
    }
    long lookups = sync.store.requests(StoreOperation.STATUS);
    long before = sync.client.getStatus("/m").served().stateIndex();
    long begin = System.nanoTime();
    for (int round = 0; round < 10_000 / paths; round++) {
      sync.client.batch(stats).forEach(answer -> answer.join());
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long entries = sync.client.getStatus("/m").served().stateIndex() - before;
    assertThat(sync.store.requests(StoreOperation.STATUS) - lookups).isEqualTo(10_000);
    assertThat((double) entries).isLessThanOrEqualTo(Math.max(2, 2 * seconds));
  }
}

package io.cadastre.journal.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.CheckState;
import io.cadastre.journal.record.proto.ExpireOperations;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.record.proto.PolicyMove;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.ReclaimDetached;
import io.cadastre.journal.record.proto.SetFormatLevel;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.testing.RandomJournal;
import io.cadastre.journal.testing.RandomJournal.LogEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The applier's order of events, the term fence, and that a record that does not fit stops it. */
class ApplyEngineTest {
  @TempDir Path directory;
  private ApplyHarness harness;
  private long index;

  /** Root; /d (id 2) with the file f (id 3) and the directory e (id 4); /g (id 5), a file. */
  @BeforeEach
  void start() throws Exception {
    harness = new ApplyHarness(directory.resolve("store"));
    harness.applyTogether(
        List.of(
            entry(RandomJournal.initOperation("c1")),
            entry(
                operation(
                    Records.create(1, "d", row(2, true), 10),
                    Records.create(2, "f", row(3, false), 10),
                    Records.create(2, "e", row(4, true), 10),
                    Records.create(1, "g", row(5, false), 10)))));
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static byte[] row(long id, boolean isDirectory) {
    return RandomJournal.row(id, isDirectory, 100, "o");
  }

  private static PlannedOperation operation(JournalRecord... records) {
    return PlannedOperation.newBuilder().addAllRecords(List.of(records)).build();
  }

  private LogEntry entry(PlannedOperation... operations) {
    return new LogEntry(1, index++, journalEntry(1, operations));
  }

  private static JournalEntry journalEntry(long plannedTerm, PlannedOperation... operations) {
    return JournalEntry.newBuilder()
        .setFormat(1)
        .setPlannedTerm(plannedTerm)
        .setClusterMillis(5_000)
        .addAllOperations(List.of(operations))
        .build();
  }

  private static JournalRecord record(Consumer<JournalRecord.Builder> fill) {
    JournalRecord.Builder builder = JournalRecord.newBuilder();
    fill.accept(builder);
    return builder.build();
  }

  private static JournalRecord creates(long parentId, String... names) {
    List<byte[]> utf8 = new ArrayList<>();
    List<byte[]> rows = new ArrayList<>();
    for (String name : names) {
      utf8.add(name.getBytes(StandardCharsets.UTF_8));
      rows.add(row(20 + rows.size(), false));
    }
    return Records.create(parentId, utf8, rows, 1);
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        Arguments.of("a create where an inode is", Records.create(1, "d", row(9, true), 1)),
        Arguments.of("a create below nothing", Records.create(99, "x", row(9, true), 1)),
        Arguments.of("a create below a file", Records.create(3, "x", row(9, true), 1)),
        Arguments.of("a create without a name", Records.create(1, "", row(9, true), 1)),
        Arguments.of(
            "a directory with an id that is taken", Records.create(1, "x", row(4, true), 1)),
        Arguments.of("creates where an inode is", creates(1, "a", "d")),
        Arguments.of("creates below nothing", creates(99, "a", "b")),
        Arguments.of("creates of one name twice", creates(1, "a", "a")),
        Arguments.of("creates without a name", creates(1, "", "a")),
        Arguments.of("creates of nothing", creates(1)),
        Arguments.of(
            "creates with a name more than rows",
            JournalRecord.newBuilder()
                .setCreateInodes(
                    creates(1, "a", "b").getCreateInodes().toBuilder()
                        .addNames(ByteString.copyFromUtf8("c")))
                .build()),
        Arguments.of("a row that is none", Records.create(1, "x", new byte[10], 1)),
        Arguments.of("an update of nothing", Records.update(1, "x", 9, row(9, true))),
        Arguments.of("an update of another inode", Records.update(1, "d", 9, row(9, true))),
        Arguments.of("an update that changes the id", Records.update(1, "d", 2, row(9, true))),
        Arguments.of("an update that changes the kind", Records.update(1, "d", 2, row(2, false))),
        Arguments.of("a delete of nothing", Records.delete(1, "x", 9, 1)),
        Arguments.of("a delete of another inode", Records.delete(1, "g", 3, 1)),
        Arguments.of("a delete of a full directory", Records.delete(1, "d", 2, 1)),
        Arguments.of(
            "a rename of nothing", Records.of(Records.rename(1, "x", 1, "y", 9, row(9, true)))),
        Arguments.of(
            "a rename onto an inode", Records.of(Records.rename(1, "g", 1, "d", 5, row(5, false)))),
        Arguments.of(
            "a rename onto itself", Records.of(Records.rename(1, "g", 1, "g", 5, row(5, false)))),
        Arguments.of(
            "a rename below nothing",
            Records.of(Records.rename(1, "g", 99, "g", 5, row(5, false)))),
        Arguments.of(
            "a rename that changes the kind",
            Records.of(Records.rename(1, "g", 1, "h", 5, row(5, true)))),
        Arguments.of(
            "a rename that moves an unknown policy",
            Records.of(
                Records.rename(1, "g", 1, "h", 5, row(5, false))
                    .addPolicies(PolicyMove.newBuilder().setFrom("/g").setTo("/h")))),
        Arguments.of("a detach of a file", Records.detach(1, "g", 5, 1)),
        Arguments.of("a detach of nothing", Records.detach(1, "x", 9, 1)),
        Arguments.of("a reclaim of what hangs", reclaim(2, "", 4)),
        Arguments.of("a second InitCluster", RandomJournal.initOperation("c2").getRecords(0)),
        Arguments.of("an unmount of nothing", Records.removeMount(7)),
        Arguments.of(
            "a mount on no path",
            Records.of(PutMount.newBuilder().setMountId(1).setPath("x//y").build())),
        Arguments.of(
            "a policy on no path", Records.of(PutPolicy.newBuilder().setPath("../x").build())),
        Arguments.of("the end of no intent", Records.closeIntent(1, 1)),
        Arguments.of("a task without an id", Records.of(PutTask.getDefaultInstance())),
        Arguments.of(
            "more about a task that is not there",
            Records.of(PutTask.newBuilder().setTaskId(1).setStartIndex(1).build())),
        Arguments.of("the end of no task", Records.removeTask(1)),
        Arguments.of(
            "a mark of unknown depth",
            record(r -> r.setPutSyncMark(PutSyncMark.newBuilder().setId(2).setDepthValue(99)))),
        Arguments.of(
            "a check that is not announced",
            record(r -> r.setCheckState(CheckState.newBuilder().setCheckId(1)))),
        Arguments.of(
            "a format level from the future",
            record(
                r ->
                    r.setSetFormatLevel(
                        SetFormatLevel.newBuilder().setLevel(FormatVersion.LEVEL + 1)))),
        Arguments.of("a kind from the future", JournalRecord.getDefaultInstance()));
  }

  @Test
  void aTaskKeepsTheIndexAtWhichItWasAskedFor() throws Exception {
    PutTask asked = PutTask.newBuilder().setTaskId(1).setPath("/d").build();
    harness.applyTogether(List.of(entry(operation(Records.of(asked)))));
    long at = index - 1;
    assertThat(task(1).getStartIndex()).isEqualTo(at);

    PutTask ended = task(1).toBuilder().setState(PutTask.State.DONE).build();
    harness.applyTogether(List.of(entry(operation(Records.of(ended)))));
    assertThat(task(1)).isEqualTo(ended);
    assertThat(task(1).getStartIndex()).isEqualTo(at);

    harness.applyTogether(List.of(entry(operation(Records.removeTask(1)))));
    assertThat(harness.store.get(Family.TASKS, KeyLayout.id(1))).isNull();
  }

  private PutTask task(long id) throws Exception {
    return PutTask.parseFrom(harness.store.get(Family.TASKS, KeyLayout.id(id)));
  }

  private static JournalRecord reclaim(long id, String toName, long... detached) {
    ReclaimDetached.Builder reclaim =
        ReclaimDetached.newBuilder().setId(id).setToName(ByteString.copyFromUtf8(toName));
    for (long each : detached) {
      reclaim.addDetachedIds(each);
    }
    return record(r -> r.setReclaimDetached(reclaim));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misfits")
  void aRecordThatDoesNotFitStopsTheReplica(String what, JournalRecord misfit) throws Exception {
    assertStops(operation(misfit));
  }

  /** Nothing of the batch is written or published, not even what is good in it. */
  private void assertStops(PlannedOperation bad) throws Exception {
    StateHash before = harness.hash();
    ApplyEngine.Applied applied = harness.engine.applied();
    CompletableFuture<Void> done =
        harness.engine.apply(
            1,
            index++,
            journalEntry(1, operation(Records.create(1, "good", row(20, true), 1)), bad),
            null);
    assertThat(harness.fatal.get(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(harness.hash()).isEqualTo(before);
    assertThat(StateHash.of(harness.store)).isEqualTo(before);
    assertThat(harness.engine.applied()).isEqualTo(applied);
    assertThat(done).isNotDone();
    assertThatThrownBy(() -> harness.engine.advance(1, index++))
        .isInstanceOf(IllegalStateException.class);
    // A restart finds the state as it was.
    harness.close();
    harness = new ApplyHarness(directory.resolve("store"));
    assertThat(harness.hash()).isEqualTo(before);
    assertThat(harness.engine.applied()).isEqualTo(applied);
  }

  @Test
  void aSecondEffectOfOneOperationStopsTheReplica() throws Exception {
    PlannedOperation once =
        PlannedOperation.newBuilder()
            .setAnswer(OperationAnswer.newBuilder().setClient(1).setSequence(1))
            .build();
    harness.applyTogether(List.of(entry(once)));
    assertStops(once);
  }

  @Test
  void expiringTakesTheAnswersOfItsRangeAndRaisesTheWatermark() throws Exception {
    for (long client : new long[] {6, 7, 8}) {
      for (long sequence = 1; sequence <= 5; sequence++) {
        harness.applyTogether(
            List.of(
                entry(
                    PlannedOperation.newBuilder()
                        .setAnswer(
                            OperationAnswer.newBuilder().setClient(client).setSequence(sequence))
                        .build())));
      }
    }
    ExpireOperations.Client.Builder range =
        ExpireOperations.Client.newBuilder().setClient(7).setFrom(2).setBelow(4).setCount(2);
    harness.applyTogether(
        List.of(
            entry(
                operation(
                    JournalRecord.newBuilder()
                        .setExpireOperations(ExpireOperations.newBuilder().addClients(range))
                        .build()))));
    try (AppliedView view = harness.engine.view()) {
      assertThat(view.operationCount()).isEqualTo(13);
      for (long client : new long[] {6, 7, 8}) {
        for (long sequence = 1; sequence <= 5; sequence++) {
          boolean gone = client == 7 && (sequence == 2 || sequence == 3);
          assertThat(view.get(Family.OPERATIONS, KeyLayout.operation(client, sequence)) == null)
              .as("answer %d of client %d", sequence, client)
              .isEqualTo(gone);
        }
      }
      byte[] watermark = view.get(Family.OPERATIONS, KeyLayout.operation(7, KeyLayout.WATERMARK));
      assertThat(KeyLayout.idOf(watermark)).isEqualTo(4);
      assertThat(view.get(Family.OPERATIONS, KeyLayout.operation(6, KeyLayout.WATERMARK))).isNull();
    }
  }

  @Test
  void anAnswerInThePlaceOfAWatermarkStopsTheReplica() throws Exception {
    assertStops(
        PlannedOperation.newBuilder()
            .setAnswer(OperationAnswer.newBuilder().setClient(1).setSequence(KeyLayout.WATERMARK))
            .build());
  }

  @Test
  void aSecondIntentOfOneOperationStopsTheReplica() throws Exception {
    JournalRecord open = Records.of(OpenIntent.newBuilder().setClient(1).setSequence(1).build());
    harness.applyTogether(List.of(entry(operation(open))));
    assertStops(operation(open));
  }

  @Test
  void twoMountsAtOnePathStopTheReplicaBeforeAnythingIsWritten() throws Exception {
    harness.applyTogether(List.of(entry(operation(mount(1, "/m")))));
    assertStops(operation(mount(2, "/m")));
  }

  private static JournalRecord mount(long id, String path) {
    return Records.of(
        PutMount.newBuilder().setMountId(id).setPath(path).setStoreUri("file:///x").build());
  }

  @Test
  void aReclaimThatDetachesWhatIsElsewhereStopsTheReplica() throws Exception {
    harness.applyTogether(
        List.of(
            entry(operation(Records.create(1, "other", row(8, true), 1))),
            entry(operation(Records.detach(1, "d", 2, 1)))));
    assertStops(operation(reclaim(2, "", 8)));
  }

  @Test
  void aReclaimThatDetachesWhatIsBehindItsRangeStopsTheReplica() throws Exception {
    harness.applyTogether(List.of(entry(operation(Records.detach(1, "d", 2, 1)))));
    assertStops(operation(reclaim(2, "a", 4)));
  }

  @Test
  void anEntryOutOfOrderStopsTheReplica() throws Exception {
    ApplyEngine.Applied applied = harness.engine.applied();
    harness.engine.advance(applied.term(), applied.index());
    assertThat(harness.fatal.get(10, TimeUnit.SECONDS)).isInstanceOf(ApplyException.class);
  }

  @Test
  void anEntryOfANewerFormatStopsTheReplica() throws Exception {
    harness.engine.apply(
        1, index++, JournalEntry.newBuilder().setFormat(2).setPlannedTerm(1).build(), null);
    assertThat(harness.fatal.get(10, TimeUnit.SECONDS)).hasMessageContaining("version");
  }

  /** The leader's side of an entry, noting what a reader sees when it is told. */
  private final class Pending implements PendingEntry {
    final JournalEntry entry;
    final List<String> told = new ArrayList<>();

    Pending(JournalEntry entry) {
      this.entry = entry;
    }

    @Override
    public JournalEntry entry() {
      return entry;
    }

    @Override
    public void applied(long stateIndex, long term) {
      try (AppliedView view = harness.engine.view()) {
        told.add("applied " + term + ":" + stateIndex + " seen at " + view.stateIndex());
      }
    }

    @Override
    public void fenced() {
      told.add("fenced");
    }
  }

  @Test
  void anEntryPlannedInAnotherTermHasNoEffectAndSaysSo() throws Exception {
    StateHash before = harness.hash();
    JournalEntry late = journalEntry(1, operation(Records.create(1, "late", row(9, true), 1)));
    Pending pending = new Pending(late);
    long at = index++;
    harness.engine.apply(2, at, late, pending).get(10, TimeUnit.SECONDS);
    assertThat(pending.told).containsExactly("fenced");
    assertThat(harness.hash()).isEqualTo(before);
    assertThat(harness.engine.applied()).isEqualTo(new ApplyEngine.Applied(2, at));
  }

  @Test
  void listenersAreToldBeforeTheIndexIsPublishedAndCallersAfter() throws Exception {
    List<String> events = new ArrayList<>();
    harness.engine.addListener(
        (changes, stateIndex) -> {
          try (AppliedView view = harness.engine.view()) {
            events.add(
                "listener "
                    + stateIndex
                    + ", readers at "
                    + view.stateIndex()
                    + ", edges "
                    + changes.directoryEdges().size());
          }
        });
    JournalEntry entry =
        journalEntry(
            1,
            operation(
                Records.create(1, "n", row(9, true), 1),
                Records.update(1, "d", 2, row(2, true)),
                Records.delete(1, "g", 5, 1)));
    Pending pending = new Pending(entry);
    long at = index++;
    harness.engine.apply(1, at, entry, pending).get(10, TimeUnit.SECONDS);
    assertThat(events).containsExactly("listener " + at + ", readers at " + (at - 1) + ", edges 1");
    assertThat(pending.told).containsExactly("applied 1:" + at + " seen at " + at);
  }

  @Test
  void aCheckIsTakenExactlyBehindItsEntryHoweverManyAreQueued() throws Exception {
    List<String> checks = new ArrayList<>();
    harness.engine.onStateCheck(
        view -> {
          try (view) {
            boolean before = view.get(Family.CHILDREN, KeyLayout.child(1, "before")) != null;
            boolean after = view.get(Family.CHILDREN, KeyLayout.child(1, "after")) != null;
            checks.add(view.stateIndex() + " " + before + " " + after);
          }
        });
    LogEntry first = entry(operation(Records.create(1, "before", row(9, true), 1)));
    long at = index++;
    JournalEntry check =
        journalEntry(1, operation(record(r -> r.setCheckState(CheckState.newBuilder()))))
            .toBuilder()
            .setChecksState(true)
            .build();
    LogEntry last = entry(operation(Records.create(1, "after", row(10, true), 1)));
    harness.applyTogether(List.of(first, new LogEntry(1, at, check), last));
    assertThat(checks).containsExactly(at + " true false");
  }

  @Test
  void aPlannersOldCopyOfCountAndMarkDoesNoHarm() throws Exception {
    harness.applyTogether(
        List.of(
            entry(operation(Records.selfMark(1, "d", 2, 700, 7))),
            entry(operation(Records.update(1, "d", 2, row(2, true)))),
            entry(operation(Records.of(Records.rename(1, "d", 1, "moved", 2, row(2, true)))))));
    try (AppliedView view = harness.engine.view()) {
      byte[] moved = view.get(Family.CHILDREN, KeyLayout.child(1, "moved"));
      assertThat(InodeRow.childCount(moved)).isEqualTo(2);
      assertThat(InodeRow.syncedMillis(moved)).isEqualTo(700);
      assertThat(InodeRow.changeIndex(moved)).isEqualTo(view.stateIndex());
    }
  }

  @Test
  void theIndexBaseCountsFromTheFirstRecordOn() throws Exception {
    try (ApplyHarness other = new ApplyHarness(directory.resolve("restored"))) {
      InitCluster init =
          RandomJournal.initOperation("c9").getRecords(0).getInitCluster().toBuilder()
              .setIndexBase(1_000_000)
              .setRecoveryEpoch(3)
              .build();
      other.applyTogether(
          List.of(
              new LogEntry(1, 5, journalEntry(1, operation(record(r -> r.setInitCluster(init)))))));
      try (AppliedView view = other.engine.view()) {
        assertThat(view.stateIndex()).isEqualTo(1_000_005);
        assertThat(view.recoveryEpoch()).isEqualTo(3);
        byte[] root = view.get(Family.CHILDREN, KeyLayout.child(0, ""));
        assertThat(InodeRow.changeIndex(root)).isEqualTo(1_000_005);
      }
    }
  }

  @Test
  void aClosedEngineGivesNoViewsAndTakesNothing() {
    AppliedView held = harness.engine.view();
    harness.engine.close();
    assertThat(held.get(Family.CHILDREN, KeyLayout.child(1, "d"))).isNotNull();
    assertThatThrownBy(harness.engine::view).isInstanceOf(MetadataException.class);
    assertThatThrownBy(() -> harness.engine.advance(9, 9))
        .isInstanceOf(IllegalStateException.class);
    held.close();
  }

  @Test
  void aStoreThatCannotBeWrittenStopsTheReplica() throws Exception {
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    Path copy = directory.resolve("copy");
    harness.store.checkpoint(copy);
    try (RocksInodeStore readOnly = RocksInodeStore.openReadOnly(copy, ApplyHarness.SETTINGS)) {
      ApplyEngine engine = new ApplyEngine(readOnly, "ro", ApplyMetrics.NONE, fatal::complete);
      engine.advance(1, index);
      assertThat(fatal.get(10, TimeUnit.SECONDS)).hasMessageContaining("Cannot write");
      assertThat(engine.applied().index()).isEqualTo(index - 1);
      engine.close();
    }
  }
}

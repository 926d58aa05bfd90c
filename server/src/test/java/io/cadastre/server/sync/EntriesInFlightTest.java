package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What becomes of a sync's entries in the journal. */
class EntriesInFlightTest {
  private static final List<JournalRecord> RECORDS = List.of(Records.delete(7, "f", 8, 0));

  private final Deque<CompletableFuture<Long>> appended = new ArrayDeque<>();
  private final Set<Long> unsettled = ConcurrentHashMap.newKeySet();
  private final EntriesInFlight entries =
      new EntriesInFlight(
          records -> {
            CompletableFuture<Long> applied = new CompletableFuture<>();
            appended.add(applied);
            return applied;
          },
          2,
          unsettled);

  @Test
  void directoriesOfWhatTheJournalRefusedAreNotSettled() throws InterruptedException {
    List<String> applied = new ArrayList<>();
    entries.send(RECORDS, List.of(), Set.of(7L), () -> applied.add("first"));
    entries.send(RECORDS, List.of(), Set.of(9L), () -> applied.add("second"));
    assertThat(applied).isEmpty();
    appended.remove().completeExceptionally(new MetadataException(ErrorCode.BUSY, "full"));
    appended.remove().complete(1L);
    assertThatThrownBy(entries::drain)
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    entries.drain();
    assertThat(unsettled).containsExactly(7L);
    assertThat(applied).containsExactly("second");
  }

  @Test
  void nothingIsSentForNothing() throws InterruptedException {
    entries.send(List.of(), List.of(), Set.of(), () -> {});
    assertThat(appended).isEmpty();
    assertThat(entries.takeWritten()).isFalse();
  }
}

package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.testing.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A closed segment with ten entries, from index 5 on, and an open one that holds none or some. */
class LogEndTest {
  private static final int START = 5;
  private static final int END = 14;

  /** An open segment that holds no entry; what it says is that the entries before it were there. */
  private enum Open {
    EMPTY(0),
    ZEROS(4096),
    HEADER(8),
    HEADER_AND_ZEROS(4096),
    TORN(100);

    private final int size;

    Open(int size) {
      this.size = size;
    }

    byte[] bytes() throws IOException {
      byte[] bytes = new byte[size];
      byte[] whole = LogBytes.segment(3, END + 1, END + 1);
      if (this != EMPTY && this != ZEROS) {
        System.arraycopy(whole, 0, bytes, 0, this == TORN ? size : LogBytes.header().length);
      }
      return bytes;
    }
  }

  private final UUID group = UUID.randomUUID();
  private Path directory;
  private Path closed;
  private Path open;
  private byte[] whole;
  private List<Integer> offsets;

  @BeforeEach
  void write(@TempDir Path temporary) throws IOException {
    directory = temporary;
    closed = directory.resolve(group + "/current/log_" + START + "-" + END);
    open = closed.resolveSibling("log_inprogress_" + (END + 1));
    Files.createDirectories(closed.getParent());
    whole = LogBytes.segment(3, START, END);
    offsets = LogBytes.offsets(whole);
    Files.write(closed, whole);
  }

  private void check(long term, long applied) {
    LogCheck.check(directory, group, new ApplyEngine.Applied(term, applied));
  }

  private void check(long applied) {
    check(3, applied);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(closed.getParent())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void assertUntouched(long applied) throws IOException {
    List<String> names = names();
    byte[] before = Files.readAllBytes(closed);
    check(applied);
    assertThat(names()).isEqualTo(names);
    assertThat(closed).hasBinaryContent(before);
  }

  private void assertRefused(long applied, String text) throws IOException {
    List<String> names = names();
    byte[] before = Files.readAllBytes(closed);
    byte[] openBefore = Files.exists(open) ? Files.readAllBytes(open) : null;
    assertThatThrownBy(() -> check(applied))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining(text)
        .hasMessageContaining("Lost disk");
    assertThat(names()).isEqualTo(names);
    assertThat(closed).hasBinaryContent(before);
    if (openBefore != null) {
      assertThat(open).hasBinaryContent(openBefore);
    }
  }

  private void cutClosed(int size) throws IOException {
    Files.write(closed, Arrays.copyOf(whole, size));
  }

  @Test
  void aWholeSegmentIsLeftAlone() throws IOException {
    assertUntouched(END);
    assertUntouched(START - 1);
    assertRefused(END + 1, "log ends before");
  }

  @ParameterizedTest
  @EnumSource
  void aWholeSegmentBeforeAnEmptyOpenOneIsLeftAlone(Open kind) throws IOException {
    Files.write(open, kind.bytes());
    assertUntouched(END);
    assertThat(Files.size(open))
        .isEqualTo(kind == Open.TORN ? LogBytes.header().length : kind.size);
    assertRefused(END + 1, "log ends before");
  }

  @Test
  void anEndWithinAnEntryIsRefused() throws IOException {
    for (int written : new int[] {1, 3, 150, 310}) {
      cutClosed(offsets.get(9) + written);
      assertRefused(START, "damaged at index 14, and it was closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndWithinAnEntryBeforeAnEmptyOpenSegmentIsRefused(Open kind) throws IOException {
    Files.write(open, kind.bytes());
    cutClosed(offsets.get(9) + 150);
    assertRefused(START, "damaged at index 14, and it was closed");
  }

  @Test
  void zerosAreRefused() throws IOException {
    Files.write(closed, new byte[whole.length]);
    assertRefused(START - 1, "damaged at index 5, and it was closed");
    Files.write(closed, Arrays.copyOf(Arrays.copyOf(whole, offsets.get(7)), whole.length));
    assertRefused(START, "damaged at index 12, and it was closed");
  }

  @Test
  void noEntryAtAllIsRefused() throws IOException {
    cutClosed(0);
    assertRefused(START - 1, "damaged at index 5, and it was closed");
    cutClosed(LogBytes.header().length);
    assertRefused(START - 1, "holds no entry");
  }

  @Test
  void aFlippedByteIsRefused() throws IOException {
    TestFiles.flip(closed, offsets.get(9) + 100);
    assertRefused(START, "damaged at index 14, and it was closed");
  }

  @Test
  void whatRatisWasCuttingGetsItsNewName() throws IOException {
    cutClosed(offsets.get(8));
    check(END - 2);
    assertThat(names()).containsExactly("log_5-12");
    assertThat(closed.resolveSibling("log_5-12"))
        .hasBinaryContent(Arrays.copyOf(whole, offsets.get(8)));
  }

  @Test
  void whatRatisWasCuttingIsRefusedIfTheStoreHasMore() throws IOException {
    cutClosed(offsets.get(8));
    assertRefused(END - 1, "log ends before");
  }

  @Test
  void whatRatisDidNotCutInTimeIsReadUpToItsName() throws IOException {
    Path cut = closed.resolveSibling("log_5-12");
    Files.move(closed, cut);
    closed = cut;
    assertUntouched(END - 2);
    assertRefused(END - 1, "log ends before");
  }

  @Test
  void anEmptyOpenSegmentSaysHowFarTheOneBeforeItWent() throws IOException {
    cutClosed(offsets.get(8));
    for (Open kind : List.of(Open.ZEROS, Open.HEADER, Open.HEADER_AND_ZEROS, Open.TORN)) {
      Files.write(open, kind.bytes());
      assertRefused(START, "gap");
    }
  }

  @Test
  void aMissingSegmentBeforeAnEmptyOpenOneIsRefused() throws IOException {
    open = closed.resolveSibling("log_inprogress_20");
    Files.write(open, LogBytes.header());
    assertRefused(END, "gap");
    assertRefused(19, "gap");
  }

  private void assertRefusesTerms(long applied, long... terms) throws IOException {
    List<String> names = names();
    for (long term : terms) {
      assertThatThrownBy(() -> check(term, applied))
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
          .hasMessageContaining("another entry than the one that the inode store has applied")
          .hasMessageContaining("Lost disk");
    }
    assertThat(names()).isEqualTo(names);
  }

  @Test
  void anotherTermAtTheAppliedIndexIsRefused() throws IOException {
    assertRefusesTerms(END, 2, 4);
    assertRefusesTerms(START, 2);
    check(3, END);
    check(3, START);
    // The log does not have the entry.
    check(2, START - 1);
  }

  @Test
  void anotherTermIsRefusedBeforeAnythingIsMended() throws IOException {
    cutClosed(offsets.get(8));
    assertRefusesTerms(END - 2, 2);
    Files.write(closed, whole);
    Files.write(open, Open.TORN.bytes());
    assertRefusesTerms(END, 2);
    assertThat(open).hasBinaryContent(Open.TORN.bytes());
  }

  @Test
  void theAppliedEntryIsFoundInAnySegment() throws IOException {
    Files.write(open, LogBytes.segment(4, END + 1, END + 3));
    assertRefusesTerms(END + 2, 3);
    check(4, END + 2);
    assertRefusesTerms(END, 4);
    check(3, END);
    assertRefusesTerms(START + 2, 4);
    check(3, START + 2);
  }

  @Test
  void anEarlierSegmentIsReadUpToTheAppliedEntryOnly() throws IOException {
    Files.write(open, LogBytes.segment(4, END + 1, END + 3));
    TestFiles.flip(closed, offsets.get(5) + 100);
    assertUntouched(START + 4);
    assertRefused(START + 5, "damaged at index 10");
  }

  /** Only the last segment that holds entries is read; what is before it is left to Ratis. */
  @Test
  void anEarlierSegmentIsNotRead() throws IOException {
    Files.write(open, LogBytes.segment(3, END + 1, END + 3));
    cutClosed(100);
    assertUntouched(END + 3);
  }
}

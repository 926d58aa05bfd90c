package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.testing.TestFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An open segment with ten entries of 300 bytes, from index 5 on, and zeros behind them. */
class TornTailTest {
  private static final int START = 5;
  private static final int ENTRIES = 10;
  private static final int ZEROS = 4096;
  private static final int PAGE = 4096;

  private final UUID group = UUID.randomUUID();
  private final List<Integer> offsets = new ArrayList<>();
  private Path directory;
  private Path segment;
  private byte[] whole;

  @BeforeEach
  void write(@TempDir Path temporary) throws IOException {
    directory = temporary;
    segment = directory.resolve(group + "/current/log_inprogress_" + START);
    Files.createDirectories(segment.getParent());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(LogBytes.header());
    for (int i = 0; i < ENTRIES; i++) {
      offsets.add(bytes.size());
      bytes.write(LogBytes.frame(3, START + i, 300));
    }
    offsets.add(bytes.size());
    bytes.write(new byte[ZEROS]);
    whole = bytes.toByteArray();
    Files.write(segment, whole);
  }

  /** The segment with these bytes from an offset on, and zeros behind them. */
  private void overwriteFrom(int offset, byte... bytes) throws IOException {
    byte[] changed = whole.clone();
    Arrays.fill(changed, offset, changed.length, (byte) 0);
    System.arraycopy(bytes, 0, changed, offset, bytes.length);
    Files.write(segment, changed);
  }

  private byte[] entry(int number) {
    return Arrays.copyOfRange(whole, offsets.get(number), offsets.get(number + 1));
  }

  /** The segment with these entries instead, zeros behind them. */
  private void rewrite(byte[]... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(LogBytes.header());
    offsets.clear();
    for (byte[] entry : entries) {
      offsets.add(bytes.size());
      bytes.write(entry);
    }
    offsets.add(bytes.size());
    bytes.write(new byte[4 * PAGE]);
    whole = bytes.toByteArray();
    Files.write(segment, whole);
  }

  /** Four entries of six KiB. */
  private void rewriteLarge() throws IOException {
    rewriteLarge(4);
  }

  private void rewriteLarge(int count) throws IOException {
    byte[][] entries = new byte[count][];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = LogBytes.frame(3, START + i, 6 << 10);
    }
    rewrite(entries);
  }

  private void zero(int from, int to) throws IOException {
    byte[] changed = whole.clone();
    Arrays.fill(changed, from, to, (byte) 0);
    Files.write(segment, changed);
  }

  private static int pageBehind(int offset) {
    return (offset / PAGE + 1) * PAGE;
  }

  private void check(long applied) {
    LogCheck.check(directory, group, new ApplyEngine.Applied(3, applied));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(group.toString()))) {
      return files.filter(file -> file.getFileName().toString().contains(".torn-")).toList();
    }
  }

  private void assertUntouched(long applied) throws IOException {
    byte[] before = Files.readAllBytes(segment);
    check(applied);
    assertThat(segment).hasBinaryContent(before);
    assertThat(kept()).isEmpty();
  }

  /** Ends with so many whole entries; what followed them is kept. */
  private void assertCut(long applied, int entries) throws IOException {
    byte[] before = Files.readAllBytes(segment);
    int offset = offsets.get(entries);
    check(applied);
    assertThat(segment).hasBinaryContent(Arrays.copyOf(before, offset));
    assertThat(kept())
        .singleElement()
        .satisfies(
            file ->
                assertThat(file)
                    .hasBinaryContent(Arrays.copyOfRange(before, offset, writtenEnd(before))));
    assertThat(LogSegments.of(directory, group).end()).isEqualTo(START + entries - 1);
  }

  private static int writtenEnd(byte[] bytes) {
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private void assertRefused(long applied, String text) throws IOException {
    byte[] before = Files.readAllBytes(segment);
    assertThatThrownBy(() -> check(applied))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining(text)
        .hasMessageContaining("Lost disk");
    assertThat(segment).hasBinaryContent(before);
    assertThat(kept()).isEmpty();
  }

  @Test
  void anUndamagedSegmentIsLeftAlone() throws IOException {
    assertUntouched(START + ENTRIES - 1);
    Files.write(segment, Arrays.copyOf(whole, offsets.get(ENTRIES)));
    assertUntouched(START + ENTRIES - 1);
  }

  @Test
  void zerosInTheMiddleOfNothingAreNoDamage() throws IOException {
    overwriteFrom(offsets.get(7));
    assertUntouched(START + 6);
  }

  @Test
  void aTornHeaderOfAnEntry() throws IOException {
    overwriteFrom(offsets.get(9), Arrays.copyOf(entry(9), 1));
    assertCut(START + 8, 9);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 150, 310})
  void aTornBody(int written) throws IOException {
    overwriteFrom(offsets.get(9), Arrays.copyOf(entry(9), written));
    assertCut(START + 4, 9);
  }

  @Test
  void aBodyThatEndsWithTheFile() throws IOException {
    Files.write(segment, Arrays.copyOf(whole, offsets.get(9) + 150));
    assertCut(START + 8, 9);
  }

  @Test
  void theEndOfAnEntryWithoutItsBeginning() throws IOException {
    byte[] torn = entry(9);
    Arrays.fill(torn, 0, 150, (byte) 0);
    overwriteFrom(offsets.get(9), torn);
    assertCut(START + 8, 9);
  }

  @Test
  void garbage() throws IOException {
    byte[] garbage = new byte[ZEROS];
    new Random(1).nextBytes(garbage);
    overwriteFrom(offsets.get(8), garbage);
    assertCut(START, 8);
  }

  @Test
  void garbageBehindZeros() throws IOException {
    byte[] bytes = new byte[1000];
    Arrays.fill(bytes, 900, 1000, (byte) 0x5a);
    overwriteFrom(offsets.get(ENTRIES), bytes);
    assertCut(START + ENTRIES - 1, ENTRIES);
  }

  @Test
  void aTornHeaderOfTheFile() throws IOException {
    overwriteFrom(0, Arrays.copyOf(whole, 5));
    check(START - 1);
    assertThat(segment).isEmptyFile();
    assertThat(kept()).singleElement().satisfies(f -> assertThat(f).hasSize(5));
  }

  @Test
  void aFileOfZerosIsLeftToRatis() throws IOException {
    overwriteFrom(0);
    assertUntouched(START - 1);
  }

  @Test
  void aFlippedByteWithEntriesBehindItIsRefused() throws IOException {
    TestFiles.flip(segment, offsets.get(6) + 100);
    assertRefused(START + 5, "whole entries lie behind it");
  }

  @Test
  void aLostHeaderOfTheFileWithEntriesBehindItIsRefused() throws IOException {
    byte[] changed = whole.clone();
    Arrays.fill(changed, 0, 8, (byte) 0);
    Files.write(segment, changed);
    assertRefused(START - 1, "whole entries lie behind it");
  }

  @Test
  void aGapIsRefused() throws IOException {
    overwriteFrom(offsets.get(8), entry(9));
    assertRefused(START + 7, "whole entries lie behind it");
  }

  @Test
  void aGapOfZerosThatIsNoPageIsRefused() throws IOException {
    zero(offsets.get(3), offsets.get(4));
    assertRefused(START, "whole entries lie behind it");
    rewriteLarge();
    int start = offsets.get(1);
    zero(start, pageBehind(start) - 1);
    assertRefused(START, "whole entries lie behind it");
    zero(start + 1, pageBehind(start));
    assertRefused(START, "whole entries lie behind it");
    // As long as a page, but not where one is.
    zero(start + 100, start + 100 + PAGE);
    assertRefused(START, "whole entries lie behind it");
  }

  @Test
  void aGapOfGarbageIsRefused() throws IOException {
    rewriteLarge();
    byte[] changed = whole.clone();
    int start = offsets.get(1);
    Arrays.fill(changed, start, pageBehind(start), (byte) 0x5a);
    Files.write(segment, changed);
    assertRefused(START, "whole entries lie behind it");
  }

  @Test
  void wholeEntriesBehindAFirstPageThatWasNeverWrittenAreCut() throws IOException {
    rewriteLarge();
    int start = offsets.get(1);
    zero(start, pageBehind(start));
    assertCut(START, 1);
  }

  @Test
  void wholeEntriesBehindALaterPageThatWasNeverWrittenAreCut() throws IOException {
    rewriteLarge();
    int page = pageBehind(offsets.get(1));
    assertThat(page + PAGE).isLessThan(offsets.get(2));
    zero(page, page + PAGE);
    assertCut(START, 1);
  }

  @Test
  void wholeEntriesBehindThePageOfItsEndThatWasNeverWrittenAreCut() throws IOException {
    rewriteLarge();
    int page = offsets.get(2) / PAGE * PAGE;
    zero(page, page + PAGE);
    assertThat(page + PAGE).isLessThan(offsets.get(3));
    assertCut(START, 1);
  }

  @Test
  void allEntriesBehindTheHeaderMayBeCut() throws IOException {
    rewriteLarge();
    zero(LogBytes.header().length, PAGE);
    assertCut(START - 1, 0);
  }

  @Test
  void aFirstPageWithoutItsHeaderIsRefused() throws IOException {
    rewriteLarge();
    zero(0, PAGE);
    assertRefused(START - 1, "whole entries lie behind it");
  }

  @Test
  void aPageThatWasNeverWrittenIsRefusedIfTheStoreHasTheEntry() throws IOException {
    rewriteLarge();
    int start = offsets.get(1);
    zero(start, pageBehind(start));
    assertRefused(START + 1, "has applied this entry");
  }

  /** The length then says that the entry reaches into the zeros at the end of the file. */
  @Test
  void aFlippedLengthIsRefused() throws IOException {
    rewriteLarge(3);
    byte[] changed = whole.clone();
    int second = offsets.get(1) + 1;
    assertThat(changed[second]).isPositive();
    changed[second] = 127;
    Files.write(segment, changed);
    assertRefused(START, "whole entries lie behind it");
    rewrite(LogBytes.frame(3, START, 100), LogBytes.frame(3, START + 1, 300));
    changed = whole.clone();
    changed[offsets.get(0)] |= (byte) 0x80;
    Files.write(segment, changed);
    assertRefused(START - 1, "whole entries lie behind it");
  }

  @Test
  void aFlippedByteInALargeEntryIsRefused() throws IOException {
    rewriteLarge();
    for (int at : new int[] {0, 1, 2, 100, 4000, 6100}) {
      Files.write(segment, whole);
      TestFiles.flip(segment, offsets.get(1) + at);
      assertRefused(START, "whole entries lie behind it");
    }
  }

  /** It is whole, and nothing of it is missing; what it holds may be zeros. */
  @Test
  void aWholeEntryOfAnotherIndexIsRefused() throws IOException {
    rewrite(
        LogBytes.frame(3, START, 300),
        LogBytes.frame(3, START + 2, new byte[3 * PAGE]),
        LogBytes.frame(3, START + 3, 300));
    assertRefused(START, "whole entries lie behind it");
  }

  @Test
  void anOlderEntryBehindAPageOfZerosIsRefused() throws IOException {
    rewrite(
        LogBytes.frame(3, START, 300),
        LogBytes.frame(3, START + 1, 6 << 10),
        LogBytes.frame(3, START + 1, 300));
    int start = offsets.get(1);
    zero(start, pageBehind(start));
    assertRefused(START, "whole entries lie behind it");
  }

  /** A single damaged byte may do that. */
  @Test
  void aZeroAtTheEndOfAPageIsNoPage() throws IOException {
    int size = PAGE - 1 - LogBytes.header().length;
    byte[] first = LogBytes.frame(3, START, size - 30);
    first = LogBytes.frame(3, START, size - 30 + size - first.length);
    assertThat(first).hasSize(size);
    rewrite(first, LogBytes.frame(3, START + 1, 300), LogBytes.frame(3, START + 2, 300));
    zero(PAGE - 1, PAGE);
    assertRefused(START, "whole entries lie behind it");
  }

  @Test
  void damageAtTheAppliedIndexIsRefused() throws IOException {
    TestFiles.flip(segment, offsets.get(9) + 100);
    assertRefused(START + 9, "has applied this entry");
  }

  @Test
  void damageBelowTheAppliedIndexIsRefused() throws IOException {
    overwriteFrom(offsets.get(7), Arrays.copyOf(entry(7), 100));
    assertRefused(START + 9, "has applied this entry");
    assertRefused(START + 7, "has applied this entry");
  }

  @Test
  void aFlippedByteInTheLastEntryThatWasNotAppliedCannotBeToldFromATornOne() throws IOException {
    TestFiles.flip(segment, offsets.get(9) + 100);
    assertCut(START + 8, 9);
  }
}

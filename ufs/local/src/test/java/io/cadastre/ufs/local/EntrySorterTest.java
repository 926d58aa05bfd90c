package io.cadastre.ufs.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntrySorterTest {
  private static final long MUCH = 64 << 20;

  @TempDir Path spill;

  /**
   * 1 byte: only what each sorter has free, so that there are more runs than are merged at once.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 200_000, MUCH})
  void givesBackTheLastOfEachNameInOrder(long memoryBytes) throws IOException {
    SortMemory memory = new SortMemory(memoryBytes);
    EntryCodec codec = new EntryCodec();
    TreeMap<String, Boolean> expected = new TreeMap<>(NamespacePath::compareNames);
    Random random = new Random(5);
    try (EntrySorter sorter = new EntrySorter(memory, spill)) {
      for (int i = 0; i < 60_000; i++) {
        String name = randomName(random);
        boolean exact = random.nextBoolean();
        expected.put(name, exact);
        sorter.add(codec.encode(new EntryCodec.Name(name, exact)));
      }
      sorter.finish();
      List<String> names = new ArrayList<>();
      for (ByteBuffer entry = sorter.next(); entry != null; entry = sorter.next()) {
        EntryCodec.Name decoded = EntryCodec.decode(entry);
        names.add(decoded.name());
        assertThat(decoded.exact()).isEqualTo(expected.get(decoded.name()));
      }
      assertThat(names).containsExactlyElementsOf(expected.keySet());
      assertThat(sorter.next()).isNull();
      if (memoryBytes == 1) {
        assertThat(sorter.spills()).isGreaterThan(64);
      } else if (memoryBytes == MUCH) {
        assertThat(sorter.spills()).isZero();
      }
      assertThat(memory.usedBytes()).isLessThanOrEqualTo(memoryBytes);
    }
    assertThat(memory.usedBytes()).isZero();
    assertNothingLeft();
  }

  /** Names that their first bytes do not tell apart, or that are the beginning of others. */
  @Test
  void namesThatBeginAlikeAreInOrder() throws IOException {
    TreeSet<String> expected = new TreeSet<>(NamespacePath::compareNames);
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      String tail = Integer.toString(random.nextInt(5_000), 3);
      expected.add(
          "common-" + "x".repeat(random.nextInt(12)) + (i % 5 == 0 ? "" : "\u00e9") + tail);
    }
    expected.add("common-");
    EntryCodec codec = new EntryCodec();
    try (EntrySorter sorter = new EntrySorter(new SortMemory(MUCH), spill)) {
      List<String> mixed = new ArrayList<>(expected);
      Collections.shuffle(mixed, random);
      for (String name : mixed) {
        sorter.add(codec.encode(new EntryCodec.Name(name, true)));
      }
      sorter.finish();
      List<String> names = new ArrayList<>();
      for (ByteBuffer entry = sorter.next(); entry != null; entry = sorter.next()) {
        names.add(EntryCodec.decode(entry).name());
      }
      assertThat(names).containsExactlyElementsOf(expected);
    }
  }

  private static String randomName(Random random) {
    int codePoint = new int[] {'a', 'z', 0xe9, 0xffee, 0x1d4b3}[random.nextInt(5)];
    return Character.toString(codePoint) + Integer.toString(random.nextInt(30_000), 36);
  }

  @Test
  void aListingThatSpillsIsTheSameAsOneThatDoesNot(@TempDir Path root) throws IOException {
    Random random = new Random(9);
    for (int i = 0; i < 3_000; i++) {
      Path entry = root.resolve(Integer.toString(i, 36) + "-" + random.nextInt(100));
      if (i % 3 == 0) {
        Files.createDirectory(entry);
      } else if (i % 3 == 1) {
        Files.createFile(entry);
      } else {
        Files.createSymbolicLink(entry, Path.of("target-" + i));
      }
    }
    UfsSettings settings = UfsSettings.of(Map.of()).withSpillDirectory(spill);
    UfsListing.Page inMemory;
    try (UnderFileSystem store = new UnderFileSystems().open(root.toString(), settings)) {
      inMemory = Listings.readAll(store, "");
    }
    UfsSettings tiny = settings.withListingSortMemoryBytes(1).withListingPageEntries(7);
    try (UnderFileSystem store = new UnderFileSystems().open(root.toString(), tiny)) {
      assertThat(Listings.readAll(store, "")).isEqualTo(inMemory);
      // Left in the middle: what was spilled goes with it.
      StoreDeadline deadline = StoreDeadline.after(Duration.ofSeconds(30));
      try (UfsListing listing = store.list("", null, deadline)) {
        assertThat(listing.next(deadline).entries()).hasSize(7);
      }
    }
    assertThat(inMemory.entries()).hasSize(3_000);
    assertThat(inMemory.entries().stream().map(UfsStatus::name))
        .isSortedAccordingTo(NamespacePath::compareNames);
    assertNothingLeft();
  }

  @Test
  void fingerprintsAreHexOfWhatTheyAreMadeOf() {
    FileAttributes file = new FileAttributes(0100644, 0, 0, 0x1f, 0x10, -1, 0, 1);
    assertThat(file.fingerprint()).isEqualTo("1f-10-ffffffffffffffff-0");
    FileAttributes directory = new FileAttributes(0040755, 0, 0, 4096, 5, 6, 0xabc, 1);
    assertThat(directory.fingerprint()).isEqualTo("dabc");
    assertThat(new FileAttributes(0100644, 0, 0, 0, -1, 0, 0, 1).toStatus("f", "", "", ""))
        .extracting(UfsStatus::mtimeMillis)
        .isEqualTo(-1L);
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(spill)) {
      assertThat(left).isEmpty();
    }
  }
}

package io.cadastre.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLayoutTest {
  private static final List<String> NAMES =
      List.of("", "a", "a-b", "a.b", "a/c", "ab", "b", "z", "\u007f", "ä", "日本", "\uffee", "😀");

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 255, 256, 1L << 40, Long.MAX_VALUE - 1})
  void everyKeyIsTakenApartAgain(long id) {
    for (String name : NAMES) {
      byte[] key = KeyLayout.child(id, name);
      assertThat(KeyLayout.parentOf(key)).isEqualTo(id);
      assertThat(KeyLayout.nameOf(key)).isEqualTo(name);
      assertThat(KeyLayout.nameBytesOf(key)).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(KeyLayout.idOf(KeyLayout.id(id))).isEqualTo(id);
    for (long sequence : new long[] {0, 1, id, Long.MAX_VALUE, KeyLayout.WATERMARK}) {
      byte[] key = KeyLayout.operation(-id, sequence);
      assertThat(KeyLayout.clientOf(key)).isEqualTo(-id);
      assertThat(KeyLayout.sequenceOf(key)).isEqualTo(sequence);
    }
    String path = "/a/日本/" + id;
    assertThat(KeyLayout.policyPathOf(KeyLayout.policy(path))).isEqualTo(path);
  }

  @Test
  void namesThatAreNotTextKeepTheirBytes() {
    byte[] name = {'a', (byte) 0xff, 0, (byte) 0x80};
    assertThat(KeyLayout.nameBytesOf(KeyLayout.child(7, name))).isEqualTo(name);
  }

  @Test
  void entriesOrderByParentThenByUtf8Bytes() {
    List<byte[]> keys = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    // A String's own order is by UTF-16 and puts the emoji before U+FFEE.
    List<String> names =
        NAMES.stream()
            .sorted(
                Comparator.comparing(
                    n -> n.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
            .toList();
    assertThat(names.indexOf("\uffee")).isLessThan(names.indexOf("😀"));
    assertThat(names.indexOf("a-b")).isLessThan(names.indexOf("a/c"));
    for (long parent : new long[] {0, 1, 127, 128, 255, 256, 1L << 33}) {
      for (String name : names) {
        keys.add(KeyLayout.child(parent, name));
        expected.add(parent + name);
      }
    }
    keys.sort(Arrays::compareUnsigned);
    assertThat(keys)
        .extracting(k -> KeyLayout.parentOf(k) + KeyLayout.nameOf(k))
        .isEqualTo(expected);
  }

  @Test
  void aDirectorysRangeHoldsItsEntriesAndNoOthers() {
    for (long parent : new long[] {1, 255, 256, 65535, (1L << 32) - 1}) {
      byte[] from = KeyLayout.firstChild(parent);
      byte[] to = KeyLayout.afterChildren(parent);
      for (String name : NAMES) {
        assertThat(inside(KeyLayout.child(parent, name), from, to)).isTrue();
        assertThat(inside(KeyLayout.child(parent - 1, name), from, to)).isFalse();
        assertThat(inside(KeyLayout.child(parent + 1, name), from, to)).isFalse();
      }
      byte[] longest = new byte[255];
      Arrays.fill(longest, (byte) 0xff);
      assertThat(inside(KeyLayout.child(parent, longest), from, to)).isTrue();
    }
  }

  private static boolean inside(byte[] key, byte[] from, byte[] to) {
    return Arrays.compareUnsigned(from, key) <= 0 && Arrays.compareUnsigned(key, to) < 0;
  }

  @Test
  void aClientsWatermarkLiesBehindItsAnswersAndOutsideOfWhatExpires() {
    byte[] watermark = KeyLayout.operation(5, KeyLayout.WATERMARK);
    byte[] last = KeyLayout.operation(5, KeyLayout.WATERMARK - 1);
    byte[] next = KeyLayout.operation(6, 0);
    assertThat(Arrays.compareUnsigned(last, watermark)).isNegative();
    assertThat(Arrays.compareUnsigned(watermark, next)).isNegative();
    // Expiring everything below the largest sequence.
    assertThat(inside(watermark, KeyLayout.operation(5, 0), watermark)).isFalse();
  }

  @Test
  void afterIsTheNextKey() {
    byte[] key = KeyLayout.child(1, "a");
    byte[] after = KeyLayout.after(key);
    assertThat(Arrays.compareUnsigned(key, after)).isNegative();
    assertThat(Arrays.compareUnsigned(after, KeyLayout.child(1, "a\u0000"))).isZero();
  }

  @Test
  void familiesAndFixedNamesAreDistinct() {
    Set<String> names = new HashSet<>();
    for (Family family : Family.values()) {
      assertThat(names.add(family.storedName())).as(family.name()).isTrue();
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            "children",
            "directories",
            "mounts",
            "policies",
            "sync",
            "operations",
            "intents",
            "detached",
            "tasks",
            "state");
    List<byte[]> fixed =
        List.of(
            StateKeys.APPLIED,
            StateKeys.NEXT_INODE_ID,
            StateKeys.CLUSTER_ID,
            StateKeys.FORMAT_LEVEL,
            StateKeys.RECOVERY_EPOCH,
            StateKeys.INDEX_BASE,
            StateKeys.CLUSTER_MILLIS,
            StateKeys.OPERATION_COUNT,
            StateKeys.INVALIDATED_INDEX,
            StateKeys.VERDICT);
    assertThat(fixed.stream().map(k -> new String(k, StandardCharsets.US_ASCII)))
        .doesNotHaveDuplicates();
  }
}

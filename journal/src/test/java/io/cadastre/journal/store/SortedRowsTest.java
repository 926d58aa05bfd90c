package io.cadastre.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a sorted map: runs of ascending keys, as loads bring them, and keys in no order. */
class SortedRowsTest {
  private static final byte[] NOT_THERE = new byte[0];

  private final SortedRows rows = new SortedRows();
  private final TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

  private static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private void put(long number, byte[] value) {
    rows.put(key(number), value);
    model.put(key(number), value);
  }

  private void same() {
    List<Map.Entry<byte[], byte[]>> all = new ArrayList<>();
    rows.forEach((key, value) -> all.add(new SimpleEntry<>(key, value)));
    assertThat(all).hasSameSizeAs(model.entrySet());
    int at = 0;
    for (Map.Entry<byte[], byte[]> expected : model.entrySet()) {
      assertThat(all.get(at).getKey()).isEqualTo(expected.getKey());
      assertThat(all.get(at++).getValue()).isSameAs(expected.getValue());
    }
    assertThat(rows.isEmpty()).isEqualTo(model.isEmpty());
  }

  private void lookUp(long number) {
    byte[] key = key(number);
    byte[] expected = model.containsKey(key) ? model.get(key) : NOT_THERE;
    assertThat(rows.get(key, NOT_THERE)).isSameAs(expected);
    assertThat(rows.lowerKey(key)).isEqualTo(model.lowerKey(key));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itIsASortedMap(long seed) {
    Random random = new Random(seed);
    int range = seed % 2 == 0 ? 300 : 20_000;
    for (int step = 0; step < 400; step++) {
      long start = random.nextInt(range);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          for (int i = 0; i < 200; i++) {
            put(start + i, random.nextInt(5) == 0 ? null : key(step));
          }
        }
        case 3, 4 -> {
          for (int i = 0; i < 100; i++) {
            put(random.nextInt(range), key(step));
          }
        }
        case 5 -> {
          byte[] from = key(start);
          byte[] to = key(start + random.nextInt(range / 3));
          rows.removeRange(from, to);
          model.subMap(from, true, to, false).clear();
        }
        case 6 -> {
          if (random.nextInt(5) == 0) {
            rows.clear();
            model.clear();
          }
        }
        default -> same();
      }
      for (int i = 0; i < 20; i++) {
        lookUp(random.nextInt(2) == 0 ? start + i : random.nextInt(range));
      }
    }
    same();
  }
}

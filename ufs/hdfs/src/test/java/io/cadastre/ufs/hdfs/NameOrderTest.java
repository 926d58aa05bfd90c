package io.cadastre.ufs.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.ufs.hdfs.NameOrder.Batch;
import io.cadastre.ufs.hdfs.NameOrder.Named;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NameOrderTest {
  private static final String[] LETTERS = {
    "a", "b", "~", "\u007f", "é", "Ж", "中", "文", "\ud83d\ude00"
  };

  private int pages;

  @Test
  void anythingComesInUnsignedOrderEachNameOnce() {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      List<byte[]> names = names(random);
      int limit = 1 + random.nextInt(9);
      assertThat(texts(readAll(names, limit)))
          .as("seed " + seed)
          .isEqualTo(texts(sorted(names, true)));
    }
  }

  @Test
  void asciiIsReadStraightThrough() {
    List<byte[]> names = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      names.add(bytes("part-" + i));
    }
    assertThat(readAll(names, 1_000)).hasSize(10_000);
    assertThat(pages).isEqualTo(10);
  }

  @Test
  void otherAlphabetsCostAFewPagesMore() {
    Random random = new Random(3);
    TreeSet<byte[]> names = new TreeSet<>(NameOrder.SIGNED);
    while (names.size() < 20_000) {
      StringBuilder name = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        name.append((char) (0x4e00 + random.nextInt(0x5000)));
      }
      names.add(bytes(name + ".txt"));
      names.add(bytes("ü-" + random.nextInt()));
    }
    assertThat(readAll(names, 1_000)).hasSameSizeAs(names);
    assertThat(pages).isLessThan(150);
  }

  @Test
  void aSourceThatDoesNotAscendIsNotBelieved() {
    List<Named<String>> twice = List.of(named(bytes("a")), named(bytes("a")));
    assertThatThrownBy(() -> new NameOrder<String>(after -> new Batch<>(twice, false)).next())
        .isInstanceOf(NameOrder.OutOfOrderException.class);
    NameOrder<String> repeating =
        new NameOrder<>(after -> new Batch<>(List.of(named(bytes("a"))), true));
    repeating.next();
    assertThatThrownBy(repeating::next).isInstanceOf(NameOrder.OutOfOrderException.class);
    assertThatThrownBy(() -> new NameOrder<String>(after -> new Batch<>(List.of(), true)).next())
        .isInstanceOf(NameOrder.OutOfOrderException.class);
  }

  private static List<byte[]> names(Random random) {
    TreeSet<byte[]> names = new TreeSet<>(NameOrder.SIGNED);
    int count = random.nextInt(60);
    int letters = 2 + random.nextInt(LETTERS.length - 1);
    for (int i = 0; i < count; i++) {
      StringBuilder name = new StringBuilder();
      for (int length = 1 + random.nextInt(5); length > 0; length--) {
        name.append(LETTERS[random.nextInt(letters)]);
      }
      names.add(bytes(name.toString()));
    }
    return new ArrayList<>(names);
  }

  private List<byte[]> readAll(Collection<byte[]> names, int limit) {
    List<byte[]> server = sorted(names, false);
    pages = 0;
    NameOrder<String> order =
        new NameOrder<>(
            after -> {
              pages++;
              int from = 0;
              while (from < server.size() && Arrays.compare(server.get(from), after) <= 0) {
                from++;
              }
              int to = Math.min(server.size(), from + limit);
              List<Named<String>> page = new ArrayList<>();
              server.subList(from, to).forEach(name -> page.add(named(name)));
              return new Batch<>(page, to < server.size());
            });
    List<byte[]> seen = new ArrayList<>();
    while (order.hasMore()) {
      order.next().forEach(one -> seen.add(one.name()));
    }
    return seen;
  }

  private static List<byte[]> sorted(Collection<byte[]> names, boolean unsigned) {
    List<byte[]> sorted = new ArrayList<>(names);
    sorted.sort(unsigned ? NameOrder.UNSIGNED : NameOrder.SIGNED);
    return sorted;
  }

  private static Named<String> named(byte[] name) {
    return new Named<>(name, "");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(List<byte[]> names) {
    return names.stream().map(name -> new String(name, StandardCharsets.UTF_8)).toList();
  }
}

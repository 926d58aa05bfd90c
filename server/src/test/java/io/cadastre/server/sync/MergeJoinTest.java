package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MergeJoinTest {
  private static final long DIRECTORY = 7;

  private final List<String> seen = new ArrayList<>();
  private final MergeJoin.Pairs pairs =
      new MergeJoin.Pairs() {
        @Override
        public void onlyInStore(UfsStatus status) {
          seen.add("+" + status.name());
        }

        @Override
        public void onlyInNamespace(String name, byte[] row) {
          seen.add("-" + name);
        }

        @Override
        public void inBoth(UfsStatus status, byte[] row) {
          seen.add("=" + status.name());
        }
      };

  /** Joins pages as DirectorySync does: each with a cursor behind the last name before it. */
  private List<String> join(List<List<String>> pages, List<String> namespace) {
    seen.clear();
    MergeJoin join = new MergeJoin();
    String from = null;
    for (int i = 0; i < pages.size(); i++) {
      List<String> page = pages.get(i);
      String upTo = page.isEmpty() ? null : page.get(page.size() - 1);
      join.join(
          page.stream().map(MergeJoinTest::file).toList(),
          cursor(namespace, from),
          i == pages.size() - 1,
          upTo,
          pairs);
      from = upTo == null ? from : upTo;
    }
    return seen;
  }

  @Test
  void anEmptySideLeavesTheOther() {
    assertThat(join(List.of(List.of()), List.of("a", "b"))).containsExactly("-a", "-b");
    assertThat(join(List.of(List.of("a", "b")), List.of())).containsExactly("+a", "+b");
    assertThat(join(List.of(List.of()), List.of())).isEmpty();
  }

  @Test
  void pagesJoinLikeOne() {
    assertThat(
            join(
                List.of(List.of("b"), List.of(), List.of("d", "f"), List.of()),
                List.of("a", "b", "c", "f", "g")))
        .containsExactly("-a", "=b", "-c", "+d", "=f", "-g");
  }

  @Test
  void namesGoByUnsignedBytesNotByCharacters() {
    // '-' and '.' sort before '/'; beyond the BMP a surrogate pair would sort before U+FFFD.
    List<String> names = List.of("a", "a-b", "a.b", "a0", "é", "\uFFFD", "\uD83D\uDE00");
    List<String> both = names.stream().map(name -> "=" + name).toList();
    assertThat(join(List.of(names), names)).isEqualTo(both);
    assertThat(join(List.of(names.subList(0, 6), names.subList(6, 7)), names)).isEqualTo(both);
  }

  @Test
  void aListingOutOfOrderIsRefused() {
    for (List<List<String>> pages :
        List.of(
            List.of(List.of("b", "a")),
            List.of(List.of("a", "a")),
            List.of(List.of("a", "c"), List.of("b")),
            List.of(List.of("a"), List.of("a")),
            List.of(List.of("\uD83D\uDE00", "\uFFFD")))) {
      assertThatThrownBy(() -> join(pages, List.of("a", "b")))
          .isInstanceOfSatisfying(
              MetadataException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
    }
  }

  @Test
  void anyPagingOfAnySetsGivesTheDifference() {
    Random random = new Random(42);
    for (int round = 0; round < 300; round++) {
      List<String> store = someNames(random);
      List<String> namespace = someNames(random);
      List<List<String>> pages = new ArrayList<>();
      for (int from = 0; from < store.size(); ) {
        int to = Math.min(store.size(), from + random.nextInt(4));
        pages.add(store.subList(from, to));
        from = to;
      }
      pages.add(List.of());
      List<String> expected = new ArrayList<>();
      TreeSet<String> all = new TreeSet<>(NamespacePath::compareNames);
      all.addAll(store);
      all.addAll(namespace);
      for (String name : all) {
        String sign = !store.contains(name) ? "-" : namespace.contains(name) ? "=" : "+";
        expected.add(sign + name);
      }
      assertThat(join(pages, namespace)).as("round " + round).isEqualTo(expected);
    }
  }

  private static List<String> someNames(Random random) {
    TreeSet<String> names = new TreeSet<>(NamespacePath::compareNames);
    for (int i = random.nextInt(12); i > 0; i--) {
      names.add("n" + random.nextInt(16));
    }
    return List.copyOf(names);
  }

  private static UfsStatus file(String name) {
    return new UfsStatus(name, UfsStatus.Kind.FILE, 1, 1, "o", "g", 0644, "f", "");
  }

  private static RowCursor cursor(List<String> names, String after) {
    byte[] from = after == null ? null : KeyLayout.after(KeyLayout.child(DIRECTORY, after));
    List<byte[]> keys =
        names.stream()
            .map(name -> KeyLayout.child(DIRECTORY, name))
            .filter(key -> from == null || Arrays.compareUnsigned(key, from) >= 0)
            .sorted(Arrays::compareUnsigned)
            .toList();
    return new RowCursor() {
      private int at;

      @Override
      public boolean valid() {
        return at < keys.size();
      }

      @Override
      public byte[] key() {
        return keys.get(at);
      }

      @Override
      public byte[] value() {
        return new byte[0];
      }

      @Override
      public void next() {
        at++;
      }

      @Override
      public void seek(byte[] key) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {}
    };
  }
}

package io.cadastre.core.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static MountPoint mount(long id, String path) {
    return mount(id, path, "file:///store" + id);
  }

  private static MountPoint mount(long id, String path, String uri) {
    return new MountPoint(
        id, NamespacePath.of(path), uri, false, false, List.of(), "root-" + id, 0, "", 0);
  }

  private static MountTable table(MountPoint... mounts) {
    return MountTable.of(List.of(mounts));
  }

  private static String resolved(MountTable table, String path) {
    return table
        .resolve(NamespacePath.of(path))
        .map(found -> found.mount().mountId() + ":" + found.relativePath())
        .orElse("none");
  }

  @Test
  void theLongestPrefixWins() {
    MountTable table = table(mount(1, "/a"), mount(2, "/a/b/c"), mount(3, "/ab"));
    assertThat(resolved(table, "/")).isEqualTo("none");
    assertThat(resolved(table, "/a")).isEqualTo("1:");
    assertThat(resolved(table, "/a/b")).isEqualTo("1:b");
    assertThat(resolved(table, "/a/b/c")).isEqualTo("2:");
    assertThat(resolved(table, "/a/b/c/d/e")).isEqualTo("2:d/e");
    assertThat(resolved(table, "/a/b/cc")).isEqualTo("1:b/cc");
    assertThat(resolved(table, "/ab")).isEqualTo("3:");
    assertThat(resolved(table, "/ab/x")).isEqualTo("3:x");
    assertThat(resolved(table, "/abc")).isEqualTo("none");
    assertThat(resolved(MountTable.empty(), "/a")).isEqualTo("none");
  }

  @Test
  void theRootMayBeAMount() {
    MountTable table = table(mount(1, "/"), mount(2, "/a"));
    assertThat(resolved(table, "/")).isEqualTo("1:");
    assertThat(resolved(table, "/x/y")).isEqualTo("1:x/y");
    assertThat(resolved(table, "/a/y")).isEqualTo("2:y");
    assertThat(table.holdsMountBelow(NamespacePath.ROOT)).isTrue();
    assertThat(table.mountsBelow(NamespacePath.ROOT)).containsExactly(mount(2, "/a"));
  }

  @Test
  void whatLiesBelow() {
    MountTable table = table(mount(1, "/a"), mount(2, "/a/b/c"), mount(3, "/ab"));
    assertThat(table.isMountPoint(NamespacePath.of("/a"))).isTrue();
    assertThat(table.isMountPoint(NamespacePath.of("/a/b"))).isFalse();
    assertThat(table.holdsMountBelow(NamespacePath.of("/a"))).isTrue();
    assertThat(table.holdsMountBelow(NamespacePath.of("/a/b"))).isTrue();
    assertThat(table.holdsMountBelow(NamespacePath.of("/a/b/c"))).isFalse();
    assertThat(table.holdsMountBelow(NamespacePath.of("/ab"))).isFalse();
    assertThat(table.holdsMountBelow(NamespacePath.of("/x/y"))).isFalse();
    assertThat(table.mountsBelow(NamespacePath.of("/a"))).containsExactly(mount(2, "/a/b/c"));
    assertThat(table.mountsBelow(NamespacePath.of("/ab"))).isEmpty();
    assertThat(table.at(NamespacePath.of("/ab"))).contains(mount(3, "/ab"));
    assertThat(table.at(NamespacePath.of("/a/b"))).isEmpty();
  }

  @Test
  void aChangeIsANewTable() {
    MountTable before = table(mount(1, "/a"));
    MountTable after = before.with(mount(2, "/a/b"));
    assertThat(resolved(before, "/a/b")).isEqualTo("1:b");
    assertThat(resolved(after, "/a/b")).isEqualTo("2:");
    assertThat(after.without(2)).isEqualTo(before);
    assertThat(after.without(9)).isSameAs(after);
    assertThat(before.without(1)).isEqualTo(MountTable.empty());
    assertThat(after.byId(2)).contains(mount(2, "/a/b"));
    assertThat(after.byId(9)).isEmpty();
    // The same id again replaces the mount, here by one at another path.
    assertThat(resolved(after.with(mount(2, "/c")), "/a/b")).isEqualTo("1:b");
  }

  @Test
  void twoMountsDoNotShareAPathOrAnId() {
    MountTable table = table(mount(1, "/a"));
    assertThatThrownBy(() -> table.with(mount(2, "/a"))).hasMessage("two mounts at /a");
    assertThatThrownBy(() -> table(mount(1, "/a"), mount(1, "/b"))).hasMessageContaining("same id");
  }

  @Test
  void allAreSortedByPathAncestorsFirst() {
    MountTable table =
        table(mount(1, "/b"), mount(2, "/a-b"), mount(3, "/a/c"), mount(4, "/a"), mount(5, "/"));
    assertThat(table.all()).extracting(MountPoint::mountId).containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(table.size()).isEqualTo(5);
  }

  @Test
  void storePathsThatIntersect() {
    MountTable table = table(mount(1, "/a", "file:///s/x"), mount(2, "/b", "file:///s/xy/"));
    assertThat(table.intersecting("file:///s/x"))
        .extracting(MountPoint::mountId)
        .containsExactly(1L);
    assertThat(table.intersecting("file:///s/x/y")).hasSize(1);
    assertThat(table.intersecting("file:///s/xy"))
        .extracting(MountPoint::mountId)
        .containsExactly(2L);
    assertThat(table.intersecting("file:///s")).hasSize(2);
    assertThat(table.intersecting("file:///")).hasSize(2);
    assertThat(table.intersecting("file:///s/z")).isEmpty();
  }

  @Test
  void optionsKeepTheirOrderAndTheLastOneWins() {
    MountPoint mount =
        new MountPoint(
            1,
            NamespacePath.of("/a"),
            "s3://b",
            true,
            false,
            List.of(
                new MountOption("k", "1"), new MountOption("j", "2"), new MountOption("k", "3")),
            "",
            0,
            "too many deletes",
            5);
    assertThat(mount.option("k")).contains("3");
    assertThat(mount.option("x")).isEmpty();
    assertThat(mount.guarded()).isTrue();
  }

  /** Against the definition: of the mounts whose path is a prefix, the longest. */
  @Test
  void agreesWithTheDefinitionOnRandomTables() {
    Random random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      List<MountPoint> mounts = new ArrayList<>();
      int tries = random.nextInt(8);
      for (int id = 1; id <= tries; id++) {
        NamespacePath path = randomPath(random);
        if (mounts.stream().noneMatch(mount -> mount.path().equals(path))) {
          mounts.add(mount(id, path.toString()));
        }
      }
      MountTable table = MountTable.of(mounts);
      NamespacePath path = randomPath(random);
      Optional<MountPoint> expected =
          mounts.stream()
              .filter(mount -> mount.path().isPrefixOf(path))
              .max(Comparator.comparingInt(mount -> mount.path().depth()));
      assertThat(table.resolve(path).map(MountResolution::mount)).isEqualTo(expected);
      List<MountPoint> below =
          mounts.stream()
              .filter(mount -> path.isPrefixOf(mount.path()) && !path.equals(mount.path()))
              .sorted(Comparator.comparing(MountPoint::path))
              .toList();
      assertThat(table.mountsBelow(path)).isEqualTo(below);
      assertThat(table.holdsMountBelow(path)).isEqualTo(!below.isEmpty());
    }
  }

  private static NamespacePath randomPath(Random random) {
    NamespacePath path = NamespacePath.ROOT;
    for (int depth = random.nextInt(5); depth > 0; depth--) {
      path = path.child(random.nextBoolean() ? "a" : "ab");
    }
    return path;
  }
}

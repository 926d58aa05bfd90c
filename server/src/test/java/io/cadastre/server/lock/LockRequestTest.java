package io.cadastre.server.lock;

import static io.cadastre.server.lock.LockFixture.path;
import static io.cadastre.server.lock.LockFixture.read;
import static io.cadastre.server.lock.LockFixture.rename;
import static io.cadastre.server.lock.LockFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.lock.LockRequest.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LockRequestTest {
  @Test
  void writeTakesAncestorsSharedAndThePathExclusive() {
    assertThat(write("/a/b/c")).hasToString("[/ S, /a S, /a/b S, /a/b/c X]");
    assertThat(write("/a")).hasToString("[/ S, /a X]");
    assertThat(write("/")).hasToString("[/ X]");
  }

  @Test
  void readTakesEverythingShared() {
    assertThat(read("/a/b")).hasToString("[/ S, /a S, /a/b S]");
    assertThat(read("/")).hasToString("[/ S]");
  }

  @Test
  void renameIsTheUnionInPathOrder() {
    assertThat(rename("/b/y", "/a/x")).hasToString("[/ S, /a S, /a/x X, /b S, /b/y X]");
    assertThat(rename("/b/y", "/a/x")).isEqualTo(rename("/a/x", "/b/y"));
    assertThat(rename("/a/x", "/a/x")).isEqualTo(write("/a/x"));
  }

  @Test
  void severalEntriesOfADirectoryAreOneRequest() {
    assertThat(LockRequest.forWrites(path("/a"), List.of("x", "y")))
        .hasToString("[/ S, /a S, /a/x X, /a/y X]")
        .isEqualTo(write("/a/x").and(write("/a/y")));
    assertThat(LockRequest.forWrites(path("/"), List.of("x"))).isEqualTo(write("/x"));
  }

  @Test
  void exclusiveWinsWhereBothModesMeet() {
    assertThat(rename("/a", "/a/b/c")).hasToString("[/ S, /a X, /a/b S, /a/b/c X]");
    assertThat(write("/a").withShared(path("/a/b"))).hasToString("[/ S, /a X, /a/b S]");
    assertThat(read("/a").and(write("/a"))).isEqualTo(write("/a"));
  }

  @Test
  void namesComeFirstAndAreNoPaths() {
    LockRequest mount = write("/m").and(LockRequest.nameLock("mounts"));
    assertThat(mount).hasToString("[!mounts X, / S, /m X]");
    assertThat(mount.coversName("mounts", Mode.EXCLUSIVE)).isTrue();
    assertThat(mount.coversName("m", Mode.SHARED)).isFalse();
    assertThat(LockRequest.nameLock("/m").covers(path("/m"), Mode.SHARED)).isFalse();
    assertThat(LockRequest.nameLock("mounts", Mode.SHARED)).hasToString("[!mounts S]");
    assertThatThrownBy(() -> LockRequest.nameLock("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void coversTellsPathsAndModes() {
    LockRequest request = rename("/a/x", "/a-b");
    assertThat(request.covers(path("/a"), Mode.SHARED)).isTrue();
    assertThat(request.covers(path("/a"), Mode.EXCLUSIVE)).isFalse();
    assertThat(request.covers(path("/a/x"), Mode.EXCLUSIVE)).isTrue();
    assertThat(request.covers(path("/a-b"), Mode.SHARED)).isTrue();
    assertThat(request.covers(path("/a/y"), Mode.SHARED)).isFalse();
    assertThat(request.size()).isEqualTo(4);
  }

  @Test
  void keysAreSortedAsPathsAreAndUnique() {
    String[] names = {"a", "a-b", "a.b", "a\u0001", "b", "\uFFFD", "\uD83D\uDE00", "\uD83D\uDE01"};
    Random random = new Random(20261121);
    for (int round = 0; round < 500; round++) {
      LockRequest request = write("/");
      TreeSet<NamespacePath> expected = new TreeSet<>(List.of(NamespacePath.ROOT));
      for (int i = 0; i < 4; i++) {
        NamespacePath path = NamespacePath.ROOT;
        for (int depth = random.nextInt(4); depth >= 0; depth--) {
          path = path.child(names[random.nextInt(names.length)]);
          expected.add(path);
        }
        request = request.withShared(path);
      }
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < request.size(); i++) {
        keys.add(request.key(i));
      }
      assertThat(keys).containsExactlyElementsOf(expected.stream().map(Object::toString).toList());
      for (NamespacePath path : expected) {
        assertThat(request.covers(path, Mode.SHARED)).isTrue();
      }
    }
  }
}

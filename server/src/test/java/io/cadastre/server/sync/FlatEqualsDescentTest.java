package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One store, mounted by two masters, of which one lists it flat and one descends: whatever the tree
 * is and was, both know the same afterwards, and tell the same differences before.
 */
class FlatEqualsDescentTest {
  private static final int SEEDS = Integer.getInteger("cadastre.flat.seeds", 25);
  private static final int ROUNDS = 4;

  /** Around '/', beyond UTF-16's order, and prefixes of each other. */
  private static final List<String> NAMES =
      List.of(
          "a",
          "a-",
          "a--",
          "a.",
          "a.b",
          "a0",
          "a!",
          "a-b",
          "aa",
          "b",
          "b ",
          "b.c",
          "b~",
          "\u00e9",
          "\uffee",
          "\ud83d\ude00",
          "\ud83d\ude00-",
          "-",
          "..a");

  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);

  @TempDir Path directory;

  private static SyncFixture bound(SyncFixture fixture) {
    return fixture
        .with("cadastre.master.metadata.sync.concurrency.level", "3")
        .with("cadastre.master.metadata.sync.executor.pool.size", "4")
        .with("cadastre.master.metadata.sync.deletes.in.memory", "5")
        .with("cadastre.master.metadata.sync.batch.records", "20")
        .with("cadastre.master.metadata.sync.delete.guard.share", "1");
  }

  @Test
  void theyAgree() {
    try (SyncFixture flat = bound(new SyncFixture(directory.resolve("flat")));
        SyncFixture deep = bound(new SyncFixture(directory.resolve("deep")))) {
      flat.start();
      deep.start();
      long first = Long.getLong("cadastre.flat.seed", System.nanoTime());
      for (int i = 0; i < SEEDS; i++) {
        long seed = first + i;
        try {
          oneTree(flat, deep, seed, "/t" + i);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed, e);
        }
      }
    }
  }

  private static void oneTree(SyncFixture flat, SyncFixture deep, long seed, String at) {
    Random random = new Random(seed);
    String name = "flat-" + seed;
    MemoryStore store = MemoryStore.named(name);
    boolean bare = random.nextBoolean();
    store.setDirectories(!bare).setOwnership(!bare).setPageEntries(1 + random.nextInt(12));
    try {
      MountOptions options = MountOptions.DEFAULT;
      change(store, random, 1 + random.nextInt(120));
      store.mkdirs("kept");
      flat.client.mount(at, store.uri(), options);
      deep.client.mount(at, store.uri(), options);
      if (random.nextBoolean()) {
        // Hides what the store has below it.
        String below = at + "/" + NAMES.get(random.nextInt(NAMES.size()));
        MemoryStore other = MemoryStore.named(name + "-nested");
        other.write("own", 1);
        MountOptions shared = options.withShared(true);
        if (store.peek(below.substring(at.length() + 1)) == null) {
          flat.client.mount(below, other.uri(), shared);
          deep.client.mount(below, other.uri(), shared);
        }
      }
      for (int round = 0; round < ROUNDS; round++) {
        LoadOptions how = random.nextInt(4) == 0 ? ALL : ALL_AGAIN;
        String path = round == 3 ? at + "/kept" : at;
        compare(flat, deep, store, path, how.withDryRun(true));
        compare(flat, deep, store, path, how);
        assertThat(known(flat, at)).isEqualTo(known(deep, at));
        change(store, random, random.nextInt(60));
      }
    } finally {
      MemoryStore.forget(name);
      MemoryStore.forget(name + "-nested");
    }
  }

  private static List<String> differences(SyncFixture sync) {
    return sync.differences.stream().sorted().toList();
  }

  private static void compare(
      SyncFixture flat, SyncFixture deep, MemoryStore store, String path, LoadOptions how) {
    store.setFlat(true);
    long listings = store.requests(StoreOperation.LIST);
    LoadMetadataProgress byKeys = flat.load(path, how);
    // The guard alone looks at the root.
    assertThat(store.requests(StoreOperation.LIST)).isLessThanOrEqualTo(listings + 1);
    store.setFlat(false);
    LoadMetadataProgress byDirectories = deep.load(path, how);
    assertThat(differences(flat)).isEqualTo(differences(deep));
    assertThat(counts(byKeys)).isEqualTo(counts(byDirectories));
  }

  private static Map<String, Long> counts(LoadMetadataProgress progress) {
    return Map.of(
        "directories", progress.getDirectories(),
        "files", progress.getFiles(),
        "created", progress.getCreated(),
        "updated", progress.getUpdated(),
        "replaced", progress.getReplaced(),
        "deleted", progress.getDeleted(),
        "unchanged", progress.getUnchanged(),
        "skipped", progress.getSkipped(),
        "failed", progress.getFailed());
  }

  /** All that is known below a path. */
  private static List<String> known(SyncFixture sync, String path) {
    List<String> entries = new ArrayList<>();
    try (ListStream pages =
        sync.client.list(path, ListOptions.DEFAULT.withRecursive(true).withRead(KNOWN))) {
      pages.forEachRemaining(
          page ->
              page.entries()
                  .forEach(
                      entry ->
                          entries.add(
                              entry.getPath()
                                  + " "
                                  + entry.getKind()
                                  + " "
                                  + entry.getSize()
                                  + " "
                                  + entry.getMode()
                                  + " "
                                  + entry.getFingerprint())));
    }
    return entries;
  }

  private static void change(MemoryStore store, Random random, int steps) {
    for (int i = 0; i < steps; i++) {
      String path = path(random);
      try {
        switch (random.nextInt(6)) {
          case 0 -> store.mkdirs(path);
          case 1 -> remove(store, path);
          case 2 -> turn(store, path);
          default -> store.write(path, random.nextInt(100));
        }
      } catch (IllegalStateException e) {
        // A file is in the way.
      }
    }
  }

  private static void remove(MemoryStore store, String path) {
    if (store.exists(path)) {
      store.remove(path);
    }
  }

  /** A file becomes a directory, or the other way round. */
  private static void turn(MemoryStore store, String path) {
    if (store.peek(path) == null) {
      return;
    }
    boolean directory = store.peek(path).isDirectory();
    store.remove(path);
    if (directory) {
      store.write(path, 3);
    } else {
      store.write(path + "/x", 4);
    }
  }

  private static String path(Random random) {
    int depth = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      // Some directories have many entries.
      names.add(
          random.nextInt(3) == 0
              ? "n" + random.nextInt(40)
              : NAMES.get(random.nextInt(NAMES.size())));
    }
    return String.join("/", names);
  }
}

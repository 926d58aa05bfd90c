package io.cadastre.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.MetadataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The batch and the store behind it against a sorted map, and the life of views. */
class StoreBatchTest {
  @TempDir Path directory;
  private RocksInodeStore store;

  @BeforeEach
  void open() {
    store = RocksInodeStore.open(directory, new StoreSettings(8 << 20, 4 << 20, 16 << 20));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void removedRowsDoNotHoldUpALookForTheNextKey() {
    StoreBatch batch = new StoreBatch(store);
    for (int i = 0; i < 5_000; i++) {
      batch.put(Family.CHILDREN, KeyLayout.child(1, name(i)), KeyLayout.id(i));
    }
    batch.commit();
    byte[] end = KeyLayout.afterChildren(1);
    assertThat(store.firstKey(Family.CHILDREN, KeyLayout.child(1, "n"), end))
        .isEqualTo(KeyLayout.child(1, name(0)));
    assertThat(store.firstKey(Family.CHILDREN, KeyLayout.child(1, "o"), end)).isEqualTo(end);
    for (int i = 10; i < 4_990; i++) {
      batch.delete(Family.CHILDREN, KeyLayout.child(1, name(i)));
    }
    batch.commit();
    try (StoreView view = new StoreView(store)) {
      assertThat(view.firstKey(Family.CHILDREN, KeyLayout.child(1, name(100)), end)).isNull();
      assertThat(view.firstKey(Family.CHILDREN, KeyLayout.child(1, name(4_985)), end))
          .isEqualTo(KeyLayout.child(1, name(4_990)));
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(batch.isAbsentChild(KeyLayout.child(1, name(i))))
          .as(name(i))
          .isEqualTo(i >= 10 && i < 4_990);
    }
  }

  private static String name(int number) {
    return "n%05d".formatted(number);
  }

  @Test
  void aBatchOfLongRowsReachesTheStoreAsItIs() {
    StoreBatch batch = new StoreBatch(store);
    Random random = new Random(7);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    // On both sides of where a length takes another byte.
    for (int length : new int[] {0, 1, 127, 128, 255, 16_383, 16_384, 70_000}) {
      byte[] value = new byte[length];
      random.nextBytes(value);
      byte[] key = KeyLayout.child(length, "x".repeat(Math.min(length, 255)));
      model.put(key, value);
      batch.put(Family.CHILDREN, key, value);
      batch.put(Family.STATE, key, value);
    }
    batch.commit();
    model.forEach(
        (key, value) -> {
          assertThat(store.get(Family.CHILDREN, key)).isEqualTo(value);
          assertThat(store.get(Family.STATE, key)).isEqualTo(value);
        });
  }

  @Test
  void readsSeeEveryChangeInItsOrderBeforeAndAfterCommit() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
      StoreBatch batch = new StoreBatch(store);
      batch.deleteRange(Family.CHILDREN, KeyLayout.id(0), KeyLayout.id(1000));
      batch.commit();
      for (int step = 0; step < 300; step++) {
        byte[] key = key(random);
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> {
            byte[] value = KeyLayout.id(step);
            batch.put(Family.CHILDREN, key, value);
            model.put(key, value);
          }
          case 4, 5 -> {
            batch.delete(Family.CHILDREN, key);
            model.remove(key);
          }
          case 6, 7 -> {
            byte[] to = key(random);
            batch.deleteRange(Family.CHILDREN, key, to);
            if (Arrays.compareUnsigned(key, to) < 0) {
              model.subMap(key, true, to, false).clear();
            }
          }
          case 8 -> {
            if (random.nextBoolean()) {
              batch.commit();
            }
            asksInOrder(batch, model, random);
          }
          default ->
              assertThat(
                      random.nextBoolean()
                          ? batch.get(Family.CHILDREN, key)
                          : batch.getOften(Family.CHILDREN, key))
                  .isEqualTo(model.get(key));
        }
      }
      for (int i = 0; i < 40; i++) {
        byte[] key = KeyLayout.child(i / 8, new byte[] {(byte) (i % 8)});
        assertThat(batch.get(Family.CHILDREN, key)).as("seed %d", seed).isEqualTo(model.get(key));
        assertThat(batch.get(Family.SYNC, key)).as("another family").isNull();
      }
      batch.commit();
      assertThat(batch.bytes()).isZero();
      int rows = 0;
      try (RowCursor cursor = store.scan(Family.CHILDREN, new byte[0], null)) {
        for (; cursor.valid(); cursor.next()) {
          assertThat(cursor.value()).as("seed %d", seed).isEqualTo(model.get(cursor.key()));
          rows++;
        }
      }
      assertThat(rows).as("seed %d", seed).isEqualTo(model.size());
    }
  }

  /** As one who loads a directory asks: each name, one after the other, and puts what is new. */
  private static void asksInOrder(StoreBatch batch, TreeMap<byte[], byte[]> model, Random random) {
    int parent = random.nextInt(5);
    for (int i = 0; i < 8; i++) {
      byte[] key = KeyLayout.child(parent, new byte[] {(byte) i});
      assertThat(batch.isAbsentChild(key)).isEqualTo(!model.containsKey(key));
      if (random.nextInt(4) == 0) {
        batch.put(Family.CHILDREN, key, KeyLayout.id(i));
        model.put(key, KeyLayout.id(i));
      }
    }
  }

  private static byte[] key(Random random) {
    return KeyLayout.child(random.nextInt(5), new byte[] {(byte) random.nextInt(8)});
  }

  @Test
  void aViewStaysAtItsMomentAndIsSharedUntilTheLastHolderLetsGo() {
    put("a", 1);
    StoreView view = new StoreView(store);
    assertThat(view.retain()).isTrue();
    put("a", 2);
    put("b", 3);
    view.close();
    assertThat(view.get(Family.POLICIES, KeyLayout.policy("a"))).isEqualTo(KeyLayout.id(1));
    try (RowCursor rows = view.scan(Family.POLICIES, new byte[0], null)) {
      assertThat(rows.valid()).isTrue();
      rows.next();
      assertThat(rows.valid()).isFalse();
    }
    view.close();
    assertThat(view.retain()).isFalse();
    assertThatThrownBy(view::close).hasMessageContaining("more often");
  }

  @Test
  void closingWaitsForReaders() throws Exception {
    put("a", 1);
    StoreView view = new StoreView(store);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(store::close);
    try (view) {
      // Nobody gets a view any more: it has begun.
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> new StoreView(store).close())
                      .isInstanceOf(MetadataException.class));
      for (int i = 0; i < 20_000; i++) {
        assertThat(view.get(Family.POLICIES, KeyLayout.policy("a"))).isEqualTo(KeyLayout.id(1));
      }
      assertThat(closing).isNotDone();
    }
    closing.get(10, TimeUnit.SECONDS);
    open();
  }

  @Test
  void anOpenedStoreIsWhereItWasLeft() {
    put("a", 1);
    store.close();
    open();
    assertThat(store.get(Family.POLICIES, KeyLayout.policy("a"))).isEqualTo(KeyLayout.id(1));
  }

  @Test
  void aCheckpointIsAStoreOfItsOwn() {
    put("a", 1);
    Path copy = directory.resolve("copy");
    store.checkpoint(copy);
    put("a", 2);
    StoreSettings settings = new StoreSettings(8 << 20, 4 << 20, 16 << 20);
    try (RocksInodeStore other = RocksInodeStore.openReadOnly(copy, settings)) {
      assertThat(other.get(Family.POLICIES, KeyLayout.policy("a"))).isEqualTo(KeyLayout.id(1));
    }
  }

  @Test
  void whatIsRememberedFollowsLaterBatches() {
    StoreBatch batch = new StoreBatch(store);
    byte[] key = KeyLayout.id(7);
    batch.put(Family.DIRECTORIES, key, KeyLayout.id(1));
    batch.commit();
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isEqualTo(KeyLayout.id(1));
    batch.put(Family.DIRECTORIES, key.clone(), KeyLayout.id(2));
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isEqualTo(KeyLayout.id(2));
    batch.commit();
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isEqualTo(KeyLayout.id(2));
    assertThat(batch.getOften(Family.CHILDREN, key)).isNull();
    batch.delete(Family.DIRECTORIES, key);
    batch.commit();
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isNull();
    batch.put(Family.DIRECTORIES, key, KeyLayout.id(3));
    batch.commit();
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isEqualTo(KeyLayout.id(3));
    batch.deleteRange(Family.DIRECTORIES, KeyLayout.id(0), KeyLayout.id(100));
    batch.commit();
    assertThat(batch.getOften(Family.DIRECTORIES, key)).isNull();
  }

  @Test
  void notMoreIsRememberedThanTheBound() {
    RowMemory memory = new RowMemory();
    for (long i = 0; i < 20_000; i++) {
      memory.keep(KeyLayout.id(i), KeyLayout.id(i));
    }
    assertThat(memory.get(KeyLayout.id(0))).isNull();
    assertThat(memory.get(KeyLayout.id(9_999))).isNull();
    assertThat(memory.get(KeyLayout.id(10_000))).isEqualTo(KeyLayout.id(10_000));
    memory.keep(KeyLayout.id(1), new byte[1_000]);
    assertThat(memory.get(KeyLayout.id(1))).isNull();
  }

  private void put(String key, long value) {
    StoreBatch batch = new StoreBatch(store);
    batch.put(Family.POLICIES, KeyLayout.policy(key), KeyLayout.id(value));
    batch.commit();
  }
}

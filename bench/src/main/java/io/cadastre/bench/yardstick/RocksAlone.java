package io.cadastre.bench.yardstick;

import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.report.Figure;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** RocksDB with inode rows as the masters store them, and one thread that reads. */
final class RocksAlone implements AutoCloseable {
  private static final int IN_ONE_BATCH = 1_000;
  private static final int IN_ONE_DIRECTORY = 1_000;
  private static final long FIRST_DIRECTORY = 2;

  private final RocksInodeStore store;
  private final int inodes;

  RocksAlone(Path directory, int inodes) {
    this.store = RocksInodeStore.open(directory, StoreSettings.defaults());
    this.inodes = inodes;
  }

  private static byte[] key(int inode) {
    return KeyLayout.child(
        FIRST_DIRECTORY + inode / IN_ONE_DIRECTORY,
        ("file-" + inode).getBytes(StandardCharsets.UTF_8));
  }

  Figure fill() {
    long start = System.nanoTime();
    StoreBatch batch = new StoreBatch(store);
    for (int i = 0; i < inodes; i++) {
      InodeBody body =
          InodeBody.newBuilder()
              .setId(i + 10_000)
              .setKind(InodeKind.FILE)
              .setMode(0644)
              .setOwner("somebody")
              .setGroup("somegroup")
              .setCreatedMillis(1_780_000_000_000L + i)
              .build();
      batch.put(
          Family.CHILDREN, key(i), InodeRow.encode(1_780_000_000_000L, 1_780_000_000_000L, body));
      if (i % IN_ONE_BATCH == IN_ONE_BATCH - 1) {
        batch.commit();
      }
    }
    batch.commit();
    return figure("RocksDB, put in batches of 1,000", "rows", inodes, start);
  }

  Figure gets(Duration time) {
    long start = System.nanoTime();
    long end = start + time.toNanos();
    long done = 0;
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < 100; i++) {
        if (store.get(Family.CHILDREN, key(ThreadLocalRandom.current().nextInt(inodes))) == null) {
          throw new IllegalStateException("a row is missing");
        }
      }
      done += 100;
    }
    return figure("RocksDB, get", "rows", done, start);
  }

  Figure scans(Duration time) {
    long start = System.nanoTime();
    long end = start + time.toNanos();
    long rows = 0;
    long bytes = 0;
    while (System.nanoTime() - end < 0) {
      try (RowCursor cursor =
          store.scan(
              Family.CHILDREN,
              KeyLayout.firstChild(FIRST_DIRECTORY),
              KeyLayout.id(Long.MAX_VALUE))) {
        for (; cursor.valid() && System.nanoTime() - end < 0; cursor.next()) {
          bytes += cursor.key().length + cursor.value().length;
          rows++;
        }
      }
    }
    if (bytes == 0) {
      throw new IllegalStateException("nothing to scan");
    }
    return figure("RocksDB, scan", "rows", rows, start);
  }

  private static Figure figure(String name, String unit, long rows, long start) {
    return Figure.plain(
        name, unit, rows, (System.nanoTime() - start) / 1e9, ProcessUsage.loadAverage());
  }

  @Override
  public void close() {
    store.close();
  }
}

package io.cadastre.journal.store;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The inode store in RocksDB. One writer (the applier); any number of readers, each on a {@link
 * StoreView}.
 *
 * <p>The Raft log is what makes a write durable. RocksDB's own log is on, so that the families of
 * one batch stay together after a crash, but not synced with each write; {@link #sync()} does that
 * before an applied index is relied on.
 */
public final class RocksInodeStore implements RowReader, AutoCloseable {
  static {
    RocksDB.loadLibrary();
  }

  /** The file that names what belongs to the store. */
  private static final String CURRENT = "CURRENT";

  private static final int CACHE_SHARD_BITS = 2;

  /** Filters and indexes take about a tenth of what the rows take, which are compressed. */
  private static final int LARGE_STORE = 4;

  /** Longer than any reader should hold a view behind the end of its service. */
  private static final long VIEW_WAIT_NANOS = 5_000_000_000L;

  /**
   * Removed rows that a look for the next key passes over: each costs about a tenth of a lookup.
   */
  private static final int MOST_SKIPPED = 100;

  private final Path directory;
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
  private final RocksDB db;
  private final WriteOptions unsynced;
  private final ReadOptions newest;
  private final Cache cache;
  private final Object views = new Object();
  private volatile Consumer<StoreException> failureHandler = failure -> {};
  private int openViews;
  private boolean closing;

  private RocksInodeStore(Path directory, StoreSettings settings, boolean readOnly) {
    this.directory = directory;
    try {
      if (!readOnly) {
        Files.createDirectories(directory);
      }
      // Few parts: what does not fit into one is read again at each lookup, and the filter and the
      // index of a large file take megabytes. Half is theirs before any row's.
      cache = keep(new LRUCache(settings.blockCacheBytes(), CACHE_SHARD_BITS, false, 0.5));
      boolean large = fileBytes(directory) > LARGE_STORE * settings.blockCacheBytes();
      BloomFilter bloom = keep(new BloomFilter(10, false));
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      descriptors.add(
          new ColumnFamilyDescriptor(
              RocksDB.DEFAULT_COLUMN_FAMILY, keep(familyOptions(1 << 20, bloom, large))));
      for (Family family : Family.values()) {
        long buffer =
            family == Family.CHILDREN || family == Family.OPERATIONS
                ? settings.writeBufferBytes()
                : Math.max(1 << 20, settings.writeBufferBytes() / 8);
        descriptors.add(
            new ColumnFamilyDescriptor(
                KeyNames.utf8(family.storedName()), keep(familyOptions(buffer, bloom, large))));
      }
      DBOptions options =
          keep(
              new DBOptions()
                  .setCreateIfMissing(!readOnly)
                  .setCreateMissingColumnFamilies(!readOnly)
                  .setParanoidChecks(true)
                  .setMaxTotalWalSize(settings.maxWalBytes())
                  // A start need not write, and then compact, what the logs hold already.
                  .setAvoidFlushDuringRecovery(true)
                  .setMaxBackgroundJobs(2)
                  .setBytesPerSync(1 << 20)
                  .setMaxOpenFiles(512)
                  .setKeepLogFileNum(3)
                  .setMaxLogFileSize(8 << 20)
                  .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                  .setDumpMallocStats(false)
                  .setStatsDumpPeriodSec(0));
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      db =
          readOnly
              ? RocksDB.openReadOnly(options, directory.toString(), descriptors, opened)
              : RocksDB.open(options, directory.toString(), descriptors, opened);
      for (int i = 0; i < opened.size(); i++) {
        resources.add(opened.get(i));
        if (i > 0) {
          handles.put(Family.values()[i - 1], opened.get(i));
        }
      }
      unsynced = keep(new WriteOptions().setSync(false));
      newest = keep(new ReadOptions());
    } catch (RocksDBException e) {
      closeAll();
      throw new StoreException(
          "Cannot open the inode store in "
              + directory
              + ": "
              + e.getMessage()
              + ". If a file is damaged, rebuild this master from the others",
          e);
    } catch (IOException e) {
      closeAll();
      throw new UncheckedIOException("Cannot make the directory of the inode store", e);
    }
  }

  /**
   * Opens the store, creating it if it is not there. What is in it then is on the disk.
   *
   * @throws StoreException if it cannot be opened, or has lost the file that says what belongs to
   *     it
   * @throws UncheckedIOException if its files cannot be synced
   */
  public static RocksInodeStore open(Path directory, StoreSettings settings) {
    if (holdsRows(directory) && !Files.exists(directory.resolve(CURRENT))) {
      // RocksDB would make an empty store, and delete what is no part of that.
      throw new StoreException(
          "The inode store in "
              + directory
              + " has lost its file "
              + CURRENT
              + ", which says what belongs to it. Nothing was changed. Put the missing file back, or"
              + " see \"Lost disk\" in docs/operations.md");
    }
    syncLogs(directory);
    return new RocksInodeStore(directory, settings, false);
  }

  /** Whether a directory is a store, whole or not: what was never written to counts for none. */
  public static boolean isStore(Path directory) {
    return Files.exists(directory.resolve(CURRENT)) || holdsRows(directory);
  }

  private static boolean holdsRows(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{sst,log}")) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the inode store in " + directory, e);
    }
  }

  /**
   * RocksDB recovers from its logs into memory and keeps them, but takes them for synced, whatever
   * the process that wrote them was killed before.
   */
  private static void syncLogs(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
      for (Path log : logs) {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot sync the logs of the inode store in " + directory, e);
    }
  }

  /**
   * Opens a store that is there for reading only, as offline tools do: nothing on disk changes.
   *
   * @throws StoreException if it cannot be opened
   */
  public static RocksInodeStore openReadOnly(Path directory, StoreSettings settings) {
    return new RocksInodeStore(directory, settings, true);
  }

  /** Bytes of the store's files of rows. */
  private static long fileBytes(Path directory) throws IOException {
    long bytes = 0;
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.sst")) {
        for (Path file : files) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }

  /**
   * @param large whether the filters and indexes of all files together outgrow the block cache.
   *     They are cut into small blocks then, of which a lookup needs one each; that costs a fifth
   *     of a lookup where they fit.
   */
  private ColumnFamilyOptions familyOptions(long writeBuffer, BloomFilter bloom, boolean large) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setBlockSize(8 << 10)
            .setFilterPolicy(bloom)
            .setFormatVersion(6)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    if (large) {
      table
          .setIndexType(IndexType.kTwoLevelIndexSearch)
          .setPartitionFilters(true)
          .setMetadataBlockSize(32 << 10)
          .setPinTopLevelIndexAndFilter(true);
    }
    return new ColumnFamilyOptions()
        .setWriteBufferSize(writeBuffer)
        .setMaxWriteBufferNumber(3)
        // Most lookups of the applier are for rows that must not be there.
        .setMemtablePrefixBloomSizeRatio(0.1)
        .setMemtableWholeKeyFiltering(true)
        .setLevelCompactionDynamicLevelBytes(true)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
        .setTableFormatConfig(table)
        // As large as what is merged into it at once; RocksDB's defaults are for buffers of 64 MB.
        .setMaxBytesForLevelBase(4 * writeBuffer)
        .setTargetFileSizeBase(writeBuffer)
        .setTargetFileSizeMultiplier(2);
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  /**
   * Who is told of the first read or write that fails, on the thread that saw it. A replica whose
   * store fails must stop, whoever noticed.
   */
  public void onFailure(Consumer<StoreException> handler) {
    failureHandler = handler;
  }

  private StoreException failed(String what, RocksDBException cause) {
    StoreException failure = new StoreException(what + ": " + cause.getMessage(), cause);
    failureHandler.accept(failure);
    return failure;
  }

  /** The newest value. For the applier and offline tools; others read through a view. */
  @Override
  public byte[] get(Family family, byte[] key) {
    return get(newest, family, key);
  }

  @Override
  public RowCursor scan(Family family, byte[] from, byte[] to) {
    return new RocksCursor(this, handles.get(family), null, from, to);
  }

  @Override
  public byte[] firstKey(Family family, byte[] from, byte[] to) {
    return firstKey(null, family, from, to);
  }

  /**
   * As {@link RowReader#firstKey}.
   *
   * @param snapshot null for the newest state
   */
  byte[] firstKey(Snapshot snapshot, Family family, byte[] from, byte[] to) {
    try (ReadOptions options = new ReadOptions().setMaxSkippableInternalKeys(MOST_SKIPPED);
        Slice upper = new Slice(to)) {
      options.setIterateUpperBound(upper);
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      try (RocksIterator iterator = db.newIterator(handles.get(family), options)) {
        iterator.seek(from);
        if (iterator.isValid()) {
          return iterator.key();
        }
        iterator.status();
        return to;
      }
    } catch (RocksDBException e) {
      if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
        return null;
      }
      throw failed("Cannot scan the inode store", e);
    }
  }

  byte[] get(ReadOptions options, Family family, byte[] key) {
    try {
      return db.get(handles.get(family), options, key);
    } catch (RocksDBException e) {
      throw failed("Cannot read the inode store", e);
    }
  }

  RowCursor scan(Snapshot snapshot, Family family, byte[] from, byte[] to) {
    return new RocksCursor(this, handles.get(family), snapshot, from, to);
  }

  /** A snapshot for a view; {@link #release} gives it back. */
  Snapshot snapshot() {
    synchronized (views) {
      if (closing) {
        throw new MetadataException(ErrorCode.UNAVAILABLE, "This master is stopping");
      }
      openViews++;
    }
    return db.getSnapshot();
  }

  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
    released();
  }

  private void released() {
    synchronized (views) {
      openViews--;
      views.notifyAll();
    }
  }

  ColumnFamilyHandle handle(Family family) {
    return handles.get(family);
  }

  /** Writes the batch, all of it or nothing. */
  void write(WriteBatch batch) {
    try {
      db.write(unsynced, batch);
    } catch (RocksDBException e) {
      throw failed("Cannot write the inode store", e);
    }
  }

  /** Brings everything written so far onto the disk. */
  public void sync() {
    try {
      db.flushWal(true);
    } catch (RocksDBException e) {
      throw failed("Cannot sync the inode store", e);
    }
  }

  /** Makes a copy by hard links in a directory that must not exist yet. */
  public void checkpoint(Path target) {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw new StoreException("Cannot make a checkpoint: " + e.getMessage(), e);
    }
  }

  /** Reads every block of every file and checks its checksum; slow. */
  public void verifyChecksums() {
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      throw new StoreException("The inode store is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * A number that RocksDB keeps about one family, for example `rocksdb.estimate-num-keys`; 0 if it
   * does not know, or the store is being closed.
   */
  public long property(Family family, String name) {
    synchronized (views) {
      if (closing) {
        return 0;
      }
      openViews++;
    }
    try {
      return db.getLongProperty(handles.get(family), name);
    } catch (RocksDBException e) {
      return 0;
    } finally {
      released();
    }
  }

  public Path directory() {
    return directory;
  }

  /**
   * Closes the store. Readers that still hold a view are waited for: closing RocksDB under a reader
   * would crash the process.
   *
   * @throws IllegalStateException if views are held for longer than that; the store stays open
   */
  @Override
  public void close() {
    awaitViews();
    closeAll();
  }

  private void awaitViews() {
    long deadline = System.nanoTime() + VIEW_WAIT_NANOS;
    synchronized (views) {
      closing = true;
      while (openViews > 0) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IllegalStateException(
              "The inode store cannot be closed: " + openViews + " views are still held");
        }
        try {
          views.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while waiting for readers of the store", e);
        }
      }
    }
  }

  private void closeAll() {
    // Handles before the database, the database before its options and cache.
    for (int i = resources.size() - 1; i >= 0; i--) {
      if (resources.get(i) instanceof ColumnFamilyHandle handle) {
        handle.close();
      }
    }
    if (db != null) {
      db.close();
    }
    for (int i = resources.size() - 1; i >= 0; i--) {
      AutoCloseable resource = resources.get(i);
      if (!(resource instanceof ColumnFamilyHandle)) {
        try {
          resource.close();
        } catch (Exception e) {
          throw new StoreException("Cannot close the inode store", e);
        }
      }
    }
    resources.clear();
  }

  /** Cursor over RocksDB's iterator; owns its read options. */
  private static final class RocksCursor implements RowCursor {
    private final RocksInodeStore store;
    private final ReadOptions options = new ReadOptions();
    private final Slice upper;
    private final RocksIterator iterator;

    RocksCursor(
        RocksInodeStore store,
        ColumnFamilyHandle handle,
        Snapshot snapshot,
        byte[] from,
        byte[] to) {
      this.store = store;
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      upper = to == null ? null : new Slice(to);
      if (upper != null) {
        options.setIterateUpperBound(upper);
      }
      // No fixed readahead: RocksDB reads ahead by itself once a scan turns out to be long, and a
      // short listing would pay for it.
      iterator = store.db.newIterator(handle, options);
      iterator.seek(from);
      check();
    }

    @Override
    public boolean valid() {
      return iterator.isValid();
    }

    @Override
    public byte[] key() {
      return iterator.key();
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void next() {
      iterator.next();
      check();
    }

    @Override
    public void seek(byte[] key) {
      iterator.seek(key);
      check();
    }

    private void check() {
      if (!iterator.isValid()) {
        try {
          iterator.status();
        } catch (RocksDBException e) {
          throw store.failed("Cannot scan the inode store", e);
        }
      }
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      if (upper != null) {
        upper.close();
      }
    }
  }
}

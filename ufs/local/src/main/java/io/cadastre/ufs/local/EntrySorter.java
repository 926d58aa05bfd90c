package io.cadastre.ufs.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Takes encoded entries in any order and gives them back by name: sorted in packed memory, and if
 * that does not suffice, in sorted runs on disk that are merged. Of entries with one name only the
 * last added is given back. Used by one thread.
 */
final class EntrySorter implements AutoCloseable {
  /** Most runs at once, for open files and buffers: 64 of 64 KiB. More are merged into one. */
  private static final int MOST_RUNS = 64;

  private final PackedEntries packed;
  private final Path spillDirectory;
  private final List<SpilledRun> runs = new ArrayList<>();
  private final PriorityQueue<SortedSource> sources = new PriorityQueue<>();
  private SortedSource taken;
  private int spills;

  EntrySorter(SortMemory memory, Path spillDirectory) {
    this.packed = new PackedEntries(memory);
    this.spillDirectory = spillDirectory;
  }

  /** How often memory did not suffice. */
  int spills() {
    return spills;
  }

  void add(ByteBuffer entry) throws IOException {
    if (packed.add(entry)) {
      return;
    }
    spill();
    if (!packed.add(entry)) {
      throw new IOException("no memory to sort a single entry");
    }
  }

  private void spill() throws IOException {
    spills++;
    packed.sort();
    write(new SortedSource.OfMemory(packed, 0));
    packed.clear();
    if (runs.size() == MOST_RUNS) {
      mergeRuns();
    }
  }

  private void mergeRuns() throws IOException {
    openRuns();
    List<SpilledRun> merged = List.copyOf(runs);
    runs.clear();
    SpilledRun run = newRun();
    try {
      for (ByteBuffer entry = next(); entry != null; entry = next()) {
        run.add(entry);
      }
      run.finish();
    } finally {
      for (SpilledRun old : merged) {
        old.close();
      }
    }
  }

  private void write(SortedSource source) throws IOException {
    SpilledRun run = newRun();
    for (; source.head != null; source.advance()) {
      run.add(source.head);
    }
    run.finish();
  }

  private SpilledRun newRun() throws IOException {
    SpilledRun run = new SpilledRun(spillDirectory);
    runs.add(run);
    return run;
  }

  private void openRuns() throws IOException {
    for (int age = 0; age < runs.size(); age++) {
      offer(new SortedSource.OfRun(runs.get(age), age));
    }
  }

  /** Ends adding; {@link #next} gives the entries from here on. */
  void finish() throws IOException {
    packed.sort();
    openRuns();
    offer(new SortedSource.OfMemory(packed, runs.size()));
  }

  private void offer(SortedSource source) {
    if (source.head != null) {
      sources.add(source);
    }
  }

  /** The next entry, valid until the next call; null at the end. */
  ByteBuffer next() throws IOException {
    if (taken != null) {
      taken.advance();
      offer(taken);
      taken = null;
    }
    while (!sources.isEmpty()) {
      SortedSource first = sources.poll();
      SortedSource second = sources.peek();
      if (second == null || EntryCodec.compareNames(first.head, second.head) != 0) {
        taken = first;
        return first.head;
      }
      first.advance();
      offer(first);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    packed.clear();
    for (SpilledRun run : runs) {
      run.close();
    }
    runs.clear();
  }
}

package io.cadastre.ufs.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encoded entries in a few large arrays, sorted by name without an object per entry. An entry lies
 * in one chunk and is addressed by chunk number and offset in one int. Used by one thread.
 */
final class PackedEntries {
  private static final int OFFSET_BITS = 20;
  private static final int SMALLEST_CHUNK = 16 << 10;
  private static final int LARGEST_CHUNK = 1 << OFFSET_BITS;
  private static final int MOST_CHUNKS = 1 << (31 - OFFSET_BITS);
  private static final int FIRST_INDEX = 256;

  /** What may be held without asking, so that a listing gets on when others hold all memory. */
  private static final int FREE_BYTES = SMALLEST_CHUNK + 8 * FIRST_INDEX;

  private final SortMemory memory;
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private int[] index = new int[0];
  private int count;
  private long freeBytes = FREE_BYTES;
  private long reservedBytes;

  PackedEntries(SortMemory memory) {
    this.memory = memory;
  }

  int count() {
    return count;
  }

  /** Adds a copy of `entry`; false, and nothing added, if there is no memory for it. */
  boolean add(ByteBuffer entry) {
    int length = entry.remaining();
    if (length > LARGEST_CHUNK) {
      throw new IllegalArgumentException("an entry of " + length + " bytes");
    }
    ByteBuffer chunk = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    boolean full = chunk == null || chunk.remaining() < length;
    if (full && chunks.size() == MOST_CHUNKS) {
      return false;
    }
    if ((count == index.length && !growIndex()) || (full && !addChunk(length))) {
      return false;
    }
    chunk = chunks.get(chunks.size() - 1);
    index[count++] = (chunks.size() - 1) << OFFSET_BITS | chunk.position();
    chunk.put(entry.duplicate());
    return true;
  }

  private boolean addChunk(int atLeast) {
    int size =
        chunks.isEmpty()
            ? SMALLEST_CHUNK
            : Math.min(LARGEST_CHUNK, chunks.get(chunks.size() - 1).capacity() * 2);
    size = Math.max(size, atLeast);
    if (!reserve(size)) {
      return false;
    }
    chunks.add(ByteBuffer.allocate(size));
    return true;
  }

  /** The index counts twice: sorting needs as much again. */
  private boolean growIndex() {
    int longer = index.length == 0 ? FIRST_INDEX : index.length * 2;
    if (!reserve(8L * (longer - index.length))) {
      return false;
    }
    index = Arrays.copyOf(index, longer);
    return true;
  }

  private boolean reserve(long bytes) {
    if (freeBytes >= bytes) {
      freeBytes -= bytes;
      return true;
    }
    if (!memory.tryReserve(bytes)) {
      return false;
    }
    reservedBytes += bytes;
    return true;
  }

  /** Sorts by name; entries of one name stay in the order in which they were added. */
  void sort() {
    mergeSort(Arrays.copyOf(index, count), index, 0, count);
  }

  /** Sorts `[from, to)` into `target`; `source` holds the same ints and is overwritten. */
  private void mergeSort(int[] source, int[] target, int from, int to) {
    if (to - from < 2) {
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(target, source, from, middle);
    mergeSort(target, source, middle, to);
    if (compare(source[middle - 1], source[middle]) <= 0) {
      System.arraycopy(source, from, target, from, to - from);
      return;
    }
    for (int i = from, left = from, right = middle; i < to; i++) {
      boolean takeLeft =
          right == to || (left < middle && compare(source[left], source[right]) <= 0);
      target[i] = takeLeft ? source[left++] : source[right++];
    }
  }

  private int compare(int left, int right) {
    ByteBuffer leftChunk = chunks.get(left >>> OFFSET_BITS);
    ByteBuffer rightChunk = chunks.get(right >>> OFFSET_BITS);
    return EntryCodec.compareNames(
        leftChunk, left & (LARGEST_CHUNK - 1), rightChunk, right & (LARGEST_CHUNK - 1));
  }

  /** The entry at a position in the order; valid until {@link #clear}. */
  ByteBuffer get(int position) {
    int address = index[position];
    ByteBuffer entry = chunks.get(address >>> OFFSET_BITS).duplicate();
    entry.clear().position(address & (LARGEST_CHUNK - 1));
    return entry;
  }

  /** Forgets all entries and gives the memory back. */
  void clear() {
    chunks.clear();
    index = new int[0];
    count = 0;
    memory.release(reservedBytes);
    reservedBytes = 0;
    freeBytes = FREE_BYTES;
  }
}

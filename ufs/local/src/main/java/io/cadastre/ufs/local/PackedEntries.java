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

  /** An address and a key, both twice while they are sorted. */
  private static final long INDEX_BYTES = 2 * (Integer.BYTES + Long.BYTES);

  /** What may be held without asking, so that a listing gets on when others hold all memory. */
  private static final long FREE_BYTES = SMALLEST_CHUNK + INDEX_BYTES * FIRST_INDEX;

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

  /** Counts what sorting will need, too. */
  private boolean growIndex() {
    int longer = index.length == 0 ? FIRST_INDEX : index.length * 2;
    if (!reserve(INDEX_BYTES * (longer - index.length))) {
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
    long[] keys = keys();
    mergeSort(Arrays.copyOf(index, count), keys.clone(), index, keys, 0, count);
  }

  /**
   * Of each name eight bytes behind what all names begin with, as an unsigned number: most names
   * are told apart without being fetched.
   */
  private long[] keys() {
    int shared = count == 0 ? 0 : EntryCodec.nameLength(chunk(index[0]), offset(index[0]));
    for (int i = 1; i < count && shared > 0; i++) {
      int with =
          EntryCodec.sharedPrefix(
              chunk(index[0]), offset(index[0]), chunk(index[i]), offset(index[i]));
      shared = Math.min(shared, with);
    }
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = EntryCodec.nameKey(chunk(index[i]), offset(index[i]), shared);
    }
    return keys;
  }

  private ByteBuffer chunk(int address) {
    return chunks.get(address >>> OFFSET_BITS);
  }

  private static int offset(int address) {
    return address & (LARGEST_CHUNK - 1);
  }

  /** Sorts `[from, to)` into the targets; the sources hold the same and are overwritten. */
  private void mergeSort(
      int[] source, long[] sourceKeys, int[] target, long[] targetKeys, int from, int to) {
    if (to - from < 2) {
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(target, targetKeys, source, sourceKeys, from, middle);
    mergeSort(target, targetKeys, source, sourceKeys, middle, to);
    if (inOrder(source, sourceKeys, middle - 1, middle)) {
      System.arraycopy(source, from, target, from, to - from);
      System.arraycopy(sourceKeys, from, targetKeys, from, to - from);
      return;
    }
    for (int i = from, left = from, right = middle; i < to; i++) {
      boolean takeLeft = right == to || (left < middle && inOrder(source, sourceKeys, left, right));
      int taken = takeLeft ? left++ : right++;
      target[i] = source[taken];
      targetKeys[i] = sourceKeys[taken];
    }
  }

  private boolean inOrder(int[] addresses, long[] keys, int left, int right) {
    int byKey = Long.compareUnsigned(keys[left], keys[right]);
    return byKey == 0 ? compare(addresses[left], addresses[right]) <= 0 : byKey < 0;
  }

  private int compare(int left, int right) {
    return EntryCodec.compareNames(chunk(left), offset(left), chunk(right), offset(right));
  }

  /** The entry at a position in the order; valid until {@link #clear}. */
  ByteBuffer get(int position) {
    int address = index[position];
    ByteBuffer entry = chunk(address).duplicate();
    entry.clear().position(offset(address));
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

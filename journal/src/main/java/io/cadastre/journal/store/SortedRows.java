package io.cadastre.journal.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Keys in unsigned order, each with a value that may be null: a sorted map in blocks, which knows
 * in which block it was last asked. What is asked for or put right behind the key before costs a
 * few comparisons, whatever is in it: a load brings thousands of names in ascending order, and a
 * tree would compare each with a dozen others. Any other order costs two binary searches. Arrays
 * are kept, not copied. Used by one thread.
 */
final class SortedRows {
  private static final int BLOCK_ROWS = 128;
  private static final int FIRST_ROWS = 8;

  /** Some neighbouring rows; never empty, but while it is the only one. */
  private static final class Block {
    byte[][] keys = new byte[FIRST_ROWS][];
    byte[][] values = new byte[FIRST_ROWS][];
    int size;

    boolean isFull() {
      return size == BLOCK_ROWS;
    }

    byte[] first() {
      return keys[0];
    }

    /** Where the key is; if it is not there, its place as Arrays.binarySearch tells it. */
    int find(byte[] key) {
      if (size == 0 || Arrays.compareUnsigned(keys[size - 1], key) < 0) {
        return -size - 1;
      }
      return Arrays.binarySearch(keys, 0, size, key, Arrays::compareUnsigned);
    }

    void insert(int at, byte[] key, byte[] value) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      System.arraycopy(keys, at, keys, at + 1, size - at);
      System.arraycopy(values, at, values, at + 1, size - at);
      keys[at] = key;
      values[at] = value;
      size++;
    }

    void remove(int from, int to) {
      System.arraycopy(keys, to, keys, from, size - to);
      System.arraycopy(values, to, values, from, size - to);
      Arrays.fill(keys, size - (to - from), size, null);
      Arrays.fill(values, size - (to - from), size, null);
      size -= to - from;
    }

    /** Takes the rows from there on away into a block of their own. */
    Block split(int at) {
      Block rest = new Block();
      int capacity = Math.max(FIRST_ROWS, size - at);
      rest.keys = Arrays.copyOf(Arrays.copyOfRange(keys, at, size), capacity);
      rest.values = Arrays.copyOf(Arrays.copyOfRange(values, at, size), capacity);
      rest.size = size - at;
      remove(at, size);
      return rest;
    }
  }

  private final List<Block> blocks = new ArrayList<>(List.of(new Block()));
  private int last;

  boolean isEmpty() {
    return blocks.get(0).size == 0;
  }

  /** The value, which may be null, or this one if the key is not there. */
  byte[] get(byte[] key, byte[] otherwise) {
    Block block = blockOf(key);
    int at = block.find(key);
    return at < 0 ? otherwise : block.values[at];
  }

  void put(byte[] key, byte[] value) {
    Block block = blockOf(key);
    int at = block.find(key);
    if (at >= 0) {
      block.values[at] = value;
      return;
    }
    int place = -at - 1;
    if (block.isFull()) {
      // Behind all of it: the block stays full, as the next ones are likely to follow this one.
      int cut = place == block.size ? place : BLOCK_ROWS / 2;
      Block rest = block.split(cut);
      blocks.add(last + 1, rest);
      if (place >= cut) {
        last++;
        block = rest;
        place -= cut;
      }
    }
    block.insert(place, key, value);
  }

  /** Forgets the keys in [from, to). */
  void removeRange(byte[] from, byte[] to) {
    blockOf(from);
    int index = last;
    while (index < blocks.size()) {
      Block block = blocks.get(index);
      if (block.size > 0 && Arrays.compareUnsigned(block.first(), to) >= 0) {
        return;
      }
      int begin = placeOf(block, from);
      int end = placeOf(block, to);
      if (begin < end) {
        block.remove(begin, end);
      }
      if (block.size == 0 && blocks.size() > 1) {
        blocks.remove(index);
        last = 0;
      } else {
        index++;
      }
    }
  }

  private static int placeOf(Block block, byte[] key) {
    int at = block.find(key);
    return at < 0 ? -at - 1 : at;
  }

  /** The largest key below this one, or null. */
  byte[] lowerKey(byte[] key) {
    int place = placeOf(blockOf(key), key);
    if (place > 0) {
      return blocks.get(last).keys[place - 1];
    }
    if (last == 0) {
      return null;
    }
    Block before = blocks.get(last - 1);
    return before.keys[before.size - 1];
  }

  /** In ascending order of the keys; must not change this. */
  void forEach(BiConsumer<byte[], byte[]> action) {
    for (Block block : blocks) {
      for (int i = 0; i < block.size; i++) {
        action.accept(block.keys[i], block.values[i]);
      }
    }
  }

  void clear() {
    if (!isEmpty()) {
      blocks.clear();
      blocks.add(new Block());
      last = 0;
    }
  }

  /** The block that has the key, or where it belongs; it is the last one from now on. */
  private Block blockOf(byte[] key) {
    Block block = blocks.get(last);
    boolean behindFirst = last == 0 || Arrays.compareUnsigned(block.first(), key) <= 0;
    if (!behindFirst || !isBeforeBlock(last + 1, key)) {
      int low = 0;
      int high = blocks.size() - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (isBeforeBlock(middle, key)) {
          high = middle - 1;
        } else {
          low = middle;
        }
      }
      last = low;
      block = blocks.get(last);
    }
    return block;
  }

  private boolean isBeforeBlock(int index, byte[] key) {
    return index == blocks.size() || Arrays.compareUnsigned(key, blocks.get(index).first()) < 0;
  }
}

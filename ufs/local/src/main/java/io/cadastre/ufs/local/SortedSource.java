package io.cadastre.ufs.local;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Entries in order, no name twice, with the first of them at hand. Sources order by that entry's
 * name, the older source first.
 */
abstract class SortedSource implements Comparable<SortedSource> {
  private final int age;

  /** The first entry that was not taken; null at the end. */
  ByteBuffer head;

  SortedSource(int age) {
    this.age = age;
  }

  abstract void advance() throws IOException;

  @Override
  public int compareTo(SortedSource other) {
    int order = EntryCodec.compareNames(head, other.head);
    return order != 0 ? order : Integer.compare(age, other.age);
  }

  // Each source is itself only; the order is that of its present head.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** Of sorted memory: of one name, the last added. */
  static final class OfMemory extends SortedSource {
    private final PackedEntries entries;
    private int position;

    OfMemory(PackedEntries entries, int age) {
      super(age);
      this.entries = entries;
      advance();
    }

    @Override
    void advance() {
      head = null;
      while (head == null && position < entries.count()) {
        ByteBuffer candidate = entries.get(position++);
        boolean superseded =
            position < entries.count()
                && EntryCodec.compareNames(candidate, entries.get(position)) == 0;
        head = superseded ? null : candidate;
      }
    }
  }

  /** Of a run, whose names are distinct already. */
  static final class OfRun extends SortedSource {
    private final SpilledRun run;

    OfRun(SpilledRun run, int age) throws IOException {
      super(age);
      this.run = run;
      head = run.head();
    }

    @Override
    void advance() throws IOException {
      run.advance();
      head = run.head();
    }
  }
}

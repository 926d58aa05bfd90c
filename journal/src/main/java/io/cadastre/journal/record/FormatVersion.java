package io.cadastre.journal.record;

/**
 * Versions of the journal format. An entry carries the version of its layout; a cluster has a
 * level, the newest kinds of record that its leader may write, raised by a journaled record once
 * every member has announced that it can read them.
 */
public final class FormatVersion {
  /** Layout of {@code JournalEntry} built by this version, and the newest one it applies. */
  public static final int ENTRY = 1;

  /** Layout of a {@code JournalEntry} that holds another one, packed; see {@link EntryCodec}. */
  public static final int PACKED_ENTRY = 2;

  /** The newest format level that this version supports. */
  public static final int LEVEL = 3;

  /** The level from which on many inodes of a directory are created by one record. */
  public static final int CREATE_INODES = 2;

  /** The level from which on entries of the log may be packed. */
  public static final int PACKED_ENTRIES = 3;

  private FormatVersion() {}
}

package io.cadastre.journal.record;

/**
 * Versions of the journal format. An entry carries the version of its layout; a cluster has a
 * level, the newest kinds of record that its leader may write, raised by a journaled record once
 * every member has announced that it can read them.
 */
public final class FormatVersion {
  /** Layout of {@code JournalEntry} written by this version, and the newest one it reads. */
  public static final int ENTRY = 1;

  /** The newest format level that this version supports. */
  public static final int LEVEL = 2;

  /** The level from which on many inodes of a directory are created by one record. */
  public static final int CREATE_INODES = 2;

  private FormatVersion() {}
}

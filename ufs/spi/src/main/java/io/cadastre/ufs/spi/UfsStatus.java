package io.cadastre.ufs.spi;

import java.util.Objects;

/**
 * What a store says of one entry. Immutable.
 *
 * @param name the last component of its path; empty for the root
 * @param kind what it is
 * @param size bytes; 0 for directories; for a symbolic link what the store says
 * @param mtimeMillis last modification, UTC milliseconds, rounded down
 * @param owner name of the owner, or the number as text where it has no name; empty if the store
 *     has none
 * @param group as owner
 * @param mode permission bits, 0 to 07777
 * @param fingerprint equal for as long as the entry is unchanged, different once its content, size,
 *     owner, group or mode has changed; compared as text, at most 256 characters. That of a
 *     directory names the directory itself: it stays when children come and go, and need not change
 *     with its attributes. Empty if the store has nothing to offer.
 * @param linkTarget target of a SYMLINK as stored; empty otherwise
 */
public record UfsStatus(
    String name,
    Kind kind,
    long size,
    long mtimeMillis,
    String owner,
    String group,
    int mode,
    String fingerprint,
    String linkTarget) {

  private static final int IMPLIED_MODE = 0755;

  /** The kinds of entry that are mirrored. */
  public enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK
  }

  public UfsStatus {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(fingerprint, "fingerprint");
    Objects.requireNonNull(linkTarget, "linkTarget");
    if (size < 0 || mode < 0 || mode > 07777) {
      throw new IllegalArgumentException("size " + size + ", mode " + mode + " of " + name);
    }
  }

  /** A directory that is a name and nothing more, in a store that has none of its own. */
  public static UfsStatus impliedDirectory(String name) {
    return new UfsStatus(name, Kind.DIRECTORY, 0, 0, "", "", IMPLIED_MODE, "", "");
  }

  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  public boolean isFile() {
    return kind == Kind.FILE;
  }

  public boolean isSymlink() {
    return kind == Kind.SYMLINK;
  }
}

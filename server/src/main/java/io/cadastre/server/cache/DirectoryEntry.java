package io.cadastre.server.cache;

import java.util.Objects;

/**
 * What resolving a path needs to know of a directory: where to go on, and who may. Nothing that
 * changes with the directory's children (times, counts) is kept here, so that creating a file does
 * not invalidate its parent.
 *
 * @param id inode id of the directory
 * @param mode permission bits
 * @param owner user name; should be a shared string, since few users own many directories
 * @param group group name; likewise
 * @param flags as in the stored inode record
 * @param readIndex state index of the view at which this was read from the store
 */
public record DirectoryEntry(
    long id, int mode, String owner, String group, byte flags, long readIndex) {
  public DirectoryEntry {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(group, "group");
  }
}

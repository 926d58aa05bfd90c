package io.cadastre.client;

import java.util.OptionalLong;

/**
 * How a file is completed.
 *
 * @param size the size in bytes, outside mounts; on a mount the store is asked
 * @param inodeId the inode that must be at the path; 0: whichever is
 */
public record CompleteOptions(OptionalLong size, long inodeId) {
  public static final CompleteOptions DEFAULT = new CompleteOptions(OptionalLong.empty(), 0);

  public CompleteOptions withSize(long newSize) {
    return new CompleteOptions(OptionalLong.of(newSize), inodeId);
  }

  public CompleteOptions withInodeId(long newInodeId) {
    return new CompleteOptions(size, newInodeId);
  }
}

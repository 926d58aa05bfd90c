package io.cadastre.server.namespace.operation;

import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.UfsAttributes;
import java.util.List;

/**
 * Makes the store's side of operations on writable mounts. Only plans: nothing is asked of a store
 * before {@code execute}.
 */
public interface StoreAccess {
  /**
   * Makes the missing directories above a path, and the directory itself unless `target` is a file.
   */
  StoreChange create(
      PlanContext context,
      MountResolution mount,
      Resolution resolution,
      List<JournalRecord> parents,
      long parentId,
      InodeBody target);

  /** Takes a file's size and fingerprint from the store. Changes nothing there. */
  StoreChange complete(PlanContext context, MountResolution mount, Resolution file);

  /**
   * Asks what became of a file that was never completed: completes it if its bytes are there, else
   * removes it here. Changes nothing in the store.
   *
   * @param ifAbsent what removes it
   */
  StoreChange expire(
      PlanContext context, MountResolution mount, Resolution file, List<JournalRecord> ifAbsent);

  /** Removes a file or a directory with everything in it. */
  StoreChange delete(
      PlanContext context,
      MountResolution mount,
      Resolution target,
      boolean recursive,
      boolean unchecked,
      List<JournalRecord> records);

  /** Renames within one mount. */
  StoreChange rename(
      PlanContext context,
      MountResolution from,
      MountResolution to,
      Resolution source,
      Resolution destination,
      RenameRecords records);

  /** Sets what the store can hold of these attributes. */
  StoreChange setAttributes(
      PlanContext context,
      MountResolution mount,
      Resolution target,
      UfsAttributes attributes,
      InodeBody body);

  /** Records of a rename, made once the row of the moved inode is final. */
  interface RenameRecords {
    List<JournalRecord> withRow(byte[] row);
  }
}

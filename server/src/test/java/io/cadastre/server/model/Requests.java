package io.cadastre.server.model;

import com.google.protobuf.ByteString;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;

/** Changes as operations of the client. */
final class Requests {
  private Requests() {}

  /**
   * The operation.
   *
   * @param condition inode id or change index to insist on; 0 for none
   */
  static Operation<Done> operation(Change change, long condition) {
    if (change instanceof Change.MakeDirectory make) {
      return Operation.createDirectory(
          make.path(), DirectoryOptions.DEFAULT.withParents(make.parents()).withMode(make.mode()));
    }
    if (change instanceof Change.MakeFile make) {
      return Operation.createFile(
          make.path(),
          FileOptions.DEFAULT.withParents(make.parents()).withComplete(make.complete()));
    }
    if (change instanceof Change.Complete complete) {
      CompleteOptions options = CompleteOptions.DEFAULT.withInodeId(condition);
      return Operation.completeFile(
          complete.path(), complete.size() >= 0 ? options.withSize(complete.size()) : options);
    }
    if (change instanceof Change.Remove remove) {
      return Operation.delete(
          remove.path(),
          DeleteOptions.DEFAULT
              .withRecursive(remove.recursive())
              .withCadastreOnly(remove.cadastreOnly())
              .withInodeId(condition));
    }
    if (change instanceof Change.Move move) {
      return Operation.rename(move.path(), move.destination(), move.overwrite());
    }
    Change.Attributes set = (Change.Attributes) change;
    return Operation.setAttributes(set.path(), attributes(set, condition));
  }

  private static AttributeChanges attributes(Change.Attributes set, long condition) {
    AttributeChanges changes = AttributeChanges.NONE;
    if (set.mode() >= 0) {
      changes = changes.mode(set.mode());
    }
    if (set.owner() != null) {
      changes = changes.owner(set.owner());
    }
    if (set.mtimeMillis() >= 0) {
      changes = changes.mtimeMillis(set.mtimeMillis());
    }
    if (set.size() >= 0) {
      changes = changes.size(set.size());
    }
    if (set.xattr() != null) {
      changes =
          set.xattrValue() == null
              ? changes.removeXattr(set.xattr())
              : changes.xattr(set.xattr(), ByteString.copyFromUtf8(set.xattrValue()));
    }
    return condition == 0 ? changes : changes.ifChangeIndex(condition);
  }
}

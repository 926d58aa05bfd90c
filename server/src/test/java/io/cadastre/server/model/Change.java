package io.cadastre.server.model;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CompleteFile;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.CreateFile;
import io.cadastre.core.api.proto.Delete;
import io.cadastre.core.api.proto.Rename;
import io.cadastre.core.api.proto.SetAttributes;
import io.cadastre.core.inode.proto.Xattr;
import java.util.ArrayList;
import java.util.List;

/**
 * One mutation as its caller means it. A condition ({@code onInode}, {@code ifUnchanged}) is meant
 * for whatever is at the path by then, or on purpose for something else; the number that it is sent
 * with is known only when it is sent.
 */
sealed interface Change {
  /** Of a condition on the inode: none, the one that is there, another one. */
  enum Condition {
    NONE,
    RIGHT,
    WRONG
  }

  record MakeDirectory(String path, boolean parents, int mode) implements Change {}

  record MakeFile(String path, boolean parents, boolean complete) implements Change {}

  /**
   * @param size outside mounts; -1 on a mount
   */
  record Complete(String path, long size, Condition onInode) implements Change {}

  record Remove(String path, boolean recursive, boolean cadastreOnly, Condition onInode)
      implements Change {}

  record Move(String path, String destination, boolean overwrite) implements Change {}

  /**
   * @param mode -1: as it is
   * @param owner null: as it is
   * @param mtimeMillis -1: as it is
   * @param size -1: as it is
   * @param xattr name of an attribute to set or remove; null: none
   * @param xattrValue null: remove it
   * @param ifUnchanged a condition on the change index
   */
  record Attributes(
      String path,
      int mode,
      String owner,
      long mtimeMillis,
      long size,
      String xattr,
      String xattrValue,
      Condition ifUnchanged)
      implements Change {
    boolean touchesStore() {
      return mode >= 0 || owner != null || mtimeMillis >= 0;
    }
  }

  String path();

  /** The paths that are locked, as the caller names them. */
  default List<String> paths() {
    return this instanceof Move move ? List.of(move.path(), move.destination()) : List.of(path());
  }

  /** The paths that are compared with their store before it is decided, if they are due. */
  default List<String> comparedPaths() {
    if (this instanceof Complete || (this instanceof Remove remove && remove.cadastreOnly())) {
      return List.of();
    }
    List<String> compared = new ArrayList<>();
    for (String path : paths()) {
      if (!path.equals("/")) {
        compared.add(Paths.parent(path));
      }
      compared.add(path);
    }
    return compared;
  }

  /** The condition, if this kind of change has one. */
  default Condition condition() {
    if (this instanceof Complete complete) {
      return complete.onInode();
    }
    if (this instanceof Remove remove) {
      return remove.onInode();
    }
    return this instanceof Attributes attributes ? attributes.ifUnchanged() : Condition.NONE;
  }

  /**
   * The request.
   *
   * @param condition inode id or change index to insist on; 0 for none
   */
  default CallRequest.Builder request(long condition) {
    CallRequest.Builder request = CallRequest.newBuilder();
    if (this instanceof MakeDirectory make) {
      request.setCreateDirectory(
          CreateDirectory.newBuilder()
              .setPath(make.path())
              .setParents(make.parents())
              .setMode(make.mode()));
    } else if (this instanceof MakeFile make) {
      request.setCreateFile(
          CreateFile.newBuilder()
              .setPath(make.path())
              .setParents(make.parents())
              .setComplete(make.complete()));
    } else if (this instanceof Complete complete) {
      CompleteFile.Builder file =
          CompleteFile.newBuilder().setPath(complete.path()).setInodeId(condition);
      if (complete.size() >= 0) {
        file.setSize(complete.size());
      }
      request.setCompleteFile(file);
    } else if (this instanceof Remove remove) {
      request.setDelete(
          Delete.newBuilder()
              .setPath(remove.path())
              .setRecursive(remove.recursive())
              .setCadastreOnly(remove.cadastreOnly())
              .setInodeId(condition));
    } else if (this instanceof Move move) {
      request.setRename(
          Rename.newBuilder()
              .setSource(move.path())
              .setDestination(move.destination())
              .setOverwrite(move.overwrite()));
    } else {
      request.setSetAttributes(attributes((Attributes) this, condition));
    }
    return request;
  }

  private static SetAttributes.Builder attributes(Attributes change, long condition) {
    SetAttributes.Builder set = SetAttributes.newBuilder().setPath(change.path());
    if (change.mode() >= 0) {
      set.setMode(change.mode());
    }
    if (change.owner() != null) {
      set.setOwner(change.owner());
    }
    if (change.mtimeMillis() >= 0) {
      set.setMtimeMillis(change.mtimeMillis());
    }
    if (change.size() >= 0) {
      set.setSize(change.size());
    }
    if (change.xattr() != null && change.xattrValue() != null) {
      set.addSetXattrs(
          Xattr.newBuilder()
              .setName(change.xattr())
              .setValue(ByteString.copyFromUtf8(change.xattrValue())));
    } else if (change.xattr() != null) {
      set.addRemoveXattrs(change.xattr());
    }
    if (condition != 0) {
      set.setIfChangeIndex(condition);
    }
    return set;
  }
}

package io.cadastre.client;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.SetAttributes;
import io.cadastre.core.inode.proto.Xattr;
import java.util.Map;

/**
 * Which attributes of an inode to change, and to what; what is not named stays. Immutable: each
 * method gives a new value.
 */
public final class AttributeChanges {
  public static final AttributeChanges NONE =
      new AttributeChanges(SetAttributes.getDefaultInstance());

  private final SetAttributes changes;

  private AttributeChanges(SetAttributes changes) {
    this.changes = changes;
  }

  public AttributeChanges owner(String owner) {
    return new AttributeChanges(changes.toBuilder().setOwner(owner).build());
  }

  public AttributeChanges group(String group) {
    return new AttributeChanges(changes.toBuilder().setGroup(group).build());
  }

  /** POSIX permission bits, 0 to 07777. */
  public AttributeChanges mode(int mode) {
    return new AttributeChanges(changes.toBuilder().setMode(mode).build());
  }

  /** UTC milliseconds. */
  public AttributeChanges mtimeMillis(long millis) {
    return new AttributeChanges(changes.toBuilder().setMtimeMillis(millis).build());
  }

  /** Bytes of a file; outside mounts only. */
  public AttributeChanges size(long size) {
    return new AttributeChanges(changes.toBuilder().setSize(size).build());
  }

  /** Sets or replaces this extended attribute. */
  public AttributeChanges xattr(String name, ByteString value) {
    Xattr xattr = Xattr.newBuilder().setName(name).setValue(value).build();
    return new AttributeChanges(changes.toBuilder().addSetXattrs(xattr).build());
  }

  /** Sets or replaces all of these extended attributes. */
  public AttributeChanges xattrs(Map<String, ByteString> xattrs) {
    return new AttributeChanges(
        changes.toBuilder().addAllSetXattrs(Operation.toProto(xattrs)).build());
  }

  public AttributeChanges removeXattr(String name) {
    return new AttributeChanges(changes.toBuilder().addRemoveXattrs(name).build());
  }

  /** Only if the inode's change index is this one, else INODE_CHANGED. */
  public AttributeChanges ifChangeIndex(long changeIndex) {
    return new AttributeChanges(changes.toBuilder().setIfChangeIndex(changeIndex).build());
  }

  SetAttributes toProto(String path) {
    return changes.toBuilder().setPath(path).build();
  }
}

package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.SetAttributes;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.UfsAttributes;
import java.util.List;
import java.util.Optional;

/**
 * `chown`, `chgrp`, `chmod`, `touch`, extended attributes, and outside mounts the size of a file.
 */
public final class SetAttributesOperation implements Operation {
  private static final int MAX_NAME = 255;

  private final NamespacePath path;
  private final SetAttributes request;
  private final StoreAccess stores;

  public SetAttributesOperation(SetAttributes request, StoreAccess stores) {
    this.path = NamespacePath.of(request.getPath());
    this.request = request;
    this.stores = stores;
    if (namesNothing(request)) {
      throw MetadataException.invalid("set_attributes", "names no attribute to change");
    }
    NewInode.checkXattrs(request.getSetXattrsList());
    request.getRemoveXattrsList().forEach(NewInode::checkXattrName);
    if (request.hasMode()) {
      NewInode.checkMode(request.getMode());
    }
    if (request.hasOwner()) {
      checkName("owner", request.getOwner());
    }
    if (request.hasGroup()) {
      checkName("group", request.getGroup());
    }
    if (request.hasSize() && request.getSize() < 0) {
      throw MetadataException.invalid("size", "expected 0 or more bytes, got " + request.getSize());
    }
    if (request.hasMtimeMillis() && request.getMtimeMillis() < 0) {
      throw MetadataException.invalid("mtime_millis", "expected UTC milliseconds since 1970");
    }
  }

  /** Such a request would raise ctime and change index, and nothing says who may do that. */
  private static boolean namesNothing(SetAttributes request) {
    return !request.hasOwner()
        && !request.hasGroup()
        && !request.hasMode()
        && !request.hasMtimeMillis()
        && !request.hasSize()
        && request.getSetXattrsCount() == 0
        && request.getRemoveXattrsCount() == 0;
  }

  private static void checkName(String field, String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(c -> c <= ' ' || c == ':' || c == '/')) {
      throw MetadataException.invalid(
          field, "expected 1 to " + MAX_NAME + " characters without blanks, ':' or '/'");
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution target = context.resolve(path);
    InodeBody body = target.body();
    if (request.hasIfChangeIndex()
        && request.getIfChangeIndex() != InodeRow.changeIndex(target.row())) {
      throw new MetadataException(
              ErrorCode.INODE_CHANGED, "The inode was changed since it was read: " + path)
          .with("wanted", request.getIfChangeIndex())
          .with("found", InodeRow.changeIndex(target.row()));
    }
    checkAllowed(context.caller(), body);
    Optional<MountResolution> mount = context.view().mounts().resolve(path);
    if (request.hasSize() && (mount.isPresent() || body.getKind() != InodeKind.FILE)) {
      throw MetadataException.invalid("size", "can be set on files outside mounts only");
    }
    InodeBody changed = changed(body);
    UfsAttributes attributes = storeAttributes();
    if (mount.isPresent() && !attributes.isEmpty()) {
      MountResolution writable = MountRules.writable(context.view().mounts(), path).orElseThrow();
      return new Plan.ThroughStore(
          stores.setAttributes(context, writable, target, attributes, changed));
    }
    long mtime =
        request.hasMtimeMillis() ? request.getMtimeMillis() : InodeRow.mtimeMillis(target.row());
    byte[] row = InodeRow.withBody(target.row(), mtime, context.nowMillis(), changed);
    return new Plan.Commit(
        List.of(Records.update(target.parentId(), path.name(), body.getId(), row)),
        Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  private InodeBody changed(InodeBody body) {
    InodeBody.Builder changed = body.toBuilder();
    if (request.hasOwner()) {
      changed.setOwner(request.getOwner());
    }
    if (request.hasGroup()) {
      changed.setGroup(request.getGroup());
    }
    if (request.hasMode()) {
      changed.setMode(request.getMode());
    }
    if (request.hasSize()) {
      changed.setSize(request.getSize());
    }
    if (request.getSetXattrsCount() + request.getRemoveXattrsCount() > 0) {
      changed
          .clearXattrs()
          .addAllXattrs(
              NewInode.checkXattrs(
                  Xattrs.merged(
                      body.getXattrsList(),
                      request.getSetXattrsList(),
                      request.getRemoveXattrsList())));
    }
    return changed.build();
  }

  private UfsAttributes storeAttributes() {
    UfsAttributes attributes = UfsAttributes.NONE;
    if (request.hasOwner()) {
      attributes = attributes.withOwner(request.getOwner());
    }
    if (request.hasGroup()) {
      attributes = attributes.withGroup(request.getGroup());
    }
    if (request.hasMode()) {
      attributes = attributes.withMode(request.getMode());
    }
    if (request.hasMtimeMillis()) {
      attributes = attributes.withMtimeMillis(request.getMtimeMillis());
    }
    return attributes;
  }

  /**
   * Owner and group need their permission also if they stay as they are: the change is written all
   * the same, here and in the store. As on POSIX an owner may "change" both to what they are.
   */
  private void checkAllowed(Caller caller, InodeBody body) {
    if (request.hasOwner()) {
      if (request.getOwner().equals(body.getOwner())) {
        Permissions.checkOwner(caller, path, body.getOwner());
      } else {
        Permissions.checkSuperuser(caller, "give away " + path);
      }
    }
    if (request.hasGroup()) {
      Permissions.checkOwner(caller, path, body.getOwner());
      if (!caller.superuser()
          && !request.getGroup().equals(body.getGroup())
          && !caller.groups().contains(request.getGroup())) {
        throw new MetadataException(
                ErrorCode.PERMISSION_DENIED,
                "Permission denied: the owner may choose only groups of his own for " + path)
            .with("group", request.getGroup());
      }
    }
    if (request.hasMode()) {
      Permissions.checkOwner(caller, path, body.getOwner());
    }
    boolean contents =
        request.hasMtimeMillis()
            || request.hasSize()
            || request.getSetXattrsCount() > 0
            || request.getRemoveXattrsCount() > 0;
    if (contents && !caller.user().equals(body.getOwner())) {
      Permissions.check(
          caller, path, body.getOwner(), body.getGroup(), body.getMode(), Permissions.WRITE);
    }
  }
}

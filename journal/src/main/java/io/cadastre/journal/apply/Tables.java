package io.cadastre.journal.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountOption;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.StoreOption;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the small tables of the store that every view carries in memory. */
final class Tables {
  private static final byte[] FIRST = new byte[0];

  private Tables() {}

  static MountTable mounts(RowReader store) {
    List<MountPoint> mounts = new ArrayList<>();
    try (RowCursor rows = store.scan(Family.MOUNTS, FIRST, null)) {
      for (; rows.valid(); rows.next()) {
        mounts.add(mount(PutMount.parseFrom(rows.value())));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored mount does not parse", e);
    }
    return MountTable.of(mounts);
  }

  /** A mount as views show it. */
  static MountPoint mount(PutMount row) {
    List<MountOption> options = new ArrayList<>();
    for (StoreOption option : row.getOptionsList()) {
      options.add(new MountOption(option.getName(), option.getValue()));
    }
    return new MountPoint(
        row.getMountId(),
        NamespacePath.of(row.getPath()),
        row.getStoreUri(),
        row.getWritable(),
        row.getShared(),
        options,
        row.getRootIdentity(),
        row.getMountedMillis(),
        row.getGuardReason(),
        row.getGuardMillis());
  }

  static PolicyTable policies(RowReader store) {
    Map<NamespacePath, Map<String, String>> policies = new HashMap<>();
    try (RowCursor rows = store.scan(Family.POLICIES, FIRST, null)) {
      for (; rows.valid(); rows.next()) {
        PutPolicy row = PutPolicy.parseFrom(rows.value());
        Map<String, String> properties = new LinkedHashMap<>();
        row.getPropertiesList().forEach(p -> properties.put(p.getName(), p.getValue()));
        policies.put(NamespacePath.of(row.getPath()), properties);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored policy does not parse", e);
    }
    return PolicyTable.of(policies);
  }
}

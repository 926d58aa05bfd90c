package io.cadastre.server.sync;

import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.ufs.spi.UfsStatus;

/** What a decision says about the two sides. Reads one row, asks no store. */
final class Differences {
  private Differences() {}

  static Difference of(SyncContext context, SyncWriter.Pending pending) {
    SyncDecision decision = pending.decision();
    NamespacePath path = pending.directory().path().child(decision.name());
    Difference.Builder difference = Difference.newBuilder().setPath(path.toString());
    if (decision instanceof SyncDecision.Create create) {
      return difference
          .setKind(Difference.Kind.ONLY_IN_STORE)
          .setInStore(Decider.kind(create.status()))
          .build();
    }
    byte[] row;
    try (AppliedView view = context.leadership().view()) {
      row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
    }
    if (decision instanceof SyncDecision.Delete delete) {
      return difference
          .setKind(Difference.Kind.ONLY_IN_NAMESPACE)
          .setInNamespace(row == null ? kind(delete.directory()) : InodeRow.body(row).getKind())
          .build();
    }
    if (decision instanceof SyncDecision.Replace replace) {
      return difference
          .setKind(Difference.Kind.OTHER_KIND)
          .setInNamespace(row == null ? kind(replace.wasDirectory()) : InodeRow.body(row).getKind())
          .setInStore(Decider.kind(replace.status()))
          .build();
    }
    UfsStatus status = ((SyncDecision.Update) decision).status();
    difference
        .setKind(Difference.Kind.CHANGED)
        .setInNamespace(Decider.kind(status))
        .setInStore(Decider.kind(status));
    if (row != null) {
      fields(
          difference,
          row,
          InodeRow.body(row),
          status,
          Decider.Holds.of(pending.directory().store()));
    }
    return difference.build();
  }

  private static InodeKind kind(boolean directory) {
    return directory ? InodeKind.DIRECTORY : InodeKind.FILE;
  }

  /** The same fields, in the same sense, as {@link Decider#isSame}. */
  private static void fields(
      Difference.Builder difference,
      byte[] row,
      InodeBody body,
      UfsStatus status,
      Decider.Holds holds) {
    field(difference, "size", body.getSize(), Decider.size(status));
    if (holds.times()) {
      field(difference, "modified", InodeRow.mtimeMillis(row), status.mtimeMillis());
    }
    if (holds.ownership()) {
      ownership(difference, body, status);
    }
    field(difference, "fingerprint", body.getFingerprint(), status.fingerprint());
    field(difference, "link target", body.getLinkTarget(), status.linkTarget());
  }

  private static void ownership(Difference.Builder difference, InodeBody body, UfsStatus status) {
    if (!status.owner().isEmpty()) {
      field(difference, "owner", body.getOwner(), status.owner());
    }
    if (!status.group().isEmpty()) {
      field(difference, "group", body.getGroup(), status.group());
    }
    field(
        difference,
        "mode",
        Integer.toOctalString(body.getMode()),
        Integer.toOctalString(status.mode()));
  }

  private static void field(
      Difference.Builder difference, String name, Object inNamespace, Object inStore) {
    if (!inNamespace.equals(inStore)) {
      difference.addFields(
          Difference.Field.newBuilder()
              .setName(name)
              .setInNamespace(inNamespace.toString())
              .setInStore(inStore.toString()));
    }
  }
}

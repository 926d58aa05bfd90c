package io.cadastre.server.namespace.through;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.record.proto.UpdateInode;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.Map;

/**
 * Attributes: done once the entry has them all. A file whose fingerprint is the old one has none of
 * them yet; a directory's fingerprint does not tell, so they are set again. Of an incomplete file
 * the bytes may never have come: then they are wanted here only.
 */
final class AttributesLook {
  private AttributesLook() {}

  static Finding of(IntentResolver.Look look) {
    StoreLookup there = look.store().status(look.intent().getStorePaths(0));
    if (there instanceof StoreLookup.Unknown unknown) {
      return new Finding.Unknown(unknown.reason());
    }
    if (!(there instanceof StoreLookup.Present present)) {
      return InodeRow.body(record(look).getRow().toByteArray()).getIncomplete()
          ? new Finding.Half(look::done)
          : look.givenUp("the entry is gone");
    }
    UfsStatus status = present.status();
    String before = look.intent().getBefore(0);
    if (status.isDirectory() != before.startsWith(StoreState.DIRECTORY)) {
      return look.givenUp("another kind of entry is there");
    }
    UfsAttributes wanted = StoreState.attributes(look.intent().getAfter(0));
    if (StoreState.has(status, wanted)) {
      return look.done(Map.of(record(look).getId(), status));
    }
    boolean untouched =
        StoreState.fingerprint(before) != null
            && !status.isDirectory()
            && StoreState.matches(before, status);
    return untouched ? new Finding.NotDone() : new Finding.Half(() -> setAll(look, wanted, status));
  }

  private static Finding setAll(IntentResolver.Look look, UfsAttributes wanted, UfsStatus status) {
    try {
      UfsStatus set = look.store().setAttributes(look.intent().getStorePaths(0), wanted);
      return look.done(Map.of(record(look).getId(), set));
    } catch (UfsException e) {
      if (!status.isDirectory() || !look.owners()) {
        return look.givenUp(e.getMessage());
      }
      // A directory's fingerprint would not tell a sync that its attributes have changed.
      return new Finding.GivenUp(
          StoreRows.refreshed(look.effect(), Map.of(record(look).getId(), status), look.owners()),
          e.getMessage());
    }
  }

  private static UpdateInode record(IntentResolver.Look look) {
    return look.effect().stream()
        .filter(record -> record.hasUpdateInode())
        .findFirst()
        .orElseThrow()
        .getUpdateInode();
  }
}

package io.cadastre.server.namespace.through;

import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import java.util.concurrent.TimeUnit;

/**
 * A delete: done once the path is absent. Of a subtree a part may be gone; the rest is deleted only
 * if it holds nothing but what is known here.
 */
final class DeleteLook {
  private static final long COMPARE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private DeleteLook() {}

  static Finding of(IntentResolver.Look look) {
    String path = look.intent().getStorePaths(0);
    StoreLookup there = look.store().status(path);
    if (there instanceof StoreLookup.Unknown unknown) {
      return new Finding.Unknown(unknown.reason());
    }
    if (!(there instanceof StoreLookup.Present present)) {
      return look.done();
    }
    if (!look.intent().getKind().equals(IntentKind.DELETE_RECURSIVE.name())) {
      return new Finding.NotDone();
    }
    if (!StoreState.matches(look.intent().getBefore(0), present.status())) {
      return look.givenUp("another entry is in the directory's place");
    }
    SubtreeComparison.Result result =
        new SubtreeComparison(
                look.store(), look.intent().getPaths(0), System.nanoTime() + COMPARE_NANOS)
            .compare(path, directoryId(look));
    if (result.difference() != null) {
      return look.givenUp("the store has changed: " + result.difference());
    }
    return result.missing()
        ? new Finding.Half(() -> deleteRest(look, path))
        : new Finding.NotDone();
  }

  private static Finding deleteRest(IntentResolver.Look look, String path) {
    try {
      look.store().deleteRecursive(path);
      return look.done();
    } catch (UfsException e) {
      return e.kind() == UfsException.Kind.ABSENT ? look.done() : look.givenUp(e.getMessage());
    }
  }

  private static long directoryId(IntentResolver.Look look) {
    for (JournalRecord record : look.effect()) {
      if (record.hasDetachSubtree()) {
        return record.getDetachSubtree().getId();
      }
      if (record.hasDeleteInode()) {
        return record.getDeleteInode().getId();
      }
    }
    throw new IllegalStateException("an intent to delete that deletes nothing");
  }
}

package io.cadastre.server.namespace.through;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.Map;

/**
 * A rename, perhaps with the delete of what was at the destination before it. Stores without an
 * atomic rename may have one file under both names.
 *
 * <pre>
 * source   destination         finding
 * absent   what was replaced   not done, of an incomplete file whose bytes never came; of any other
 *                              given up: the source was removed by somebody else
 * absent   anything else       done
 * present  absent              not done; half if the destination was to be replaced
 * present  what was replaced   not done
 * present  the same file       half: the old name is removed
 * present  anything else       given up: somebody else's, or a part of what was moved
 * absent   absent              given up: both were removed by somebody else; but of an incomplete
 *                              file the bytes may never have come, then it is as good as renamed
 * </pre>
 */
final class RenameLook {
  private RenameLook() {}

  static Finding of(IntentResolver.Look look) {
    StoreLookup source = look.store().status(look.intent().getStorePaths(0));
    StoreLookup destination = look.store().status(look.intent().getStorePaths(1));
    if (source instanceof StoreLookup.Unknown unknown) {
      return new Finding.Unknown(unknown.reason());
    }
    if (destination instanceof StoreLookup.Unknown unknown) {
      return new Finding.Unknown(unknown.reason());
    }
    UfsStatus from = source instanceof StoreLookup.Present present ? present.status() : null;
    UfsStatus to = destination instanceof StoreLookup.Present present ? present.status() : null;
    if (from == null) {
      return to == null ? neither(look) : moved(look, to);
    }
    return to == null ? onlySource(look, from) : both(look, from, to);
  }

  /**
   * Whether the destination certainly is what was to be replaced. It cannot be told of two files
   * that both were incomplete, whose fingerprints nobody knew: if either's bytes came, they may be
   * the renamed ones, and must not be deleted.
   */
  private static boolean isReplacedThere(IntentResolver.Look look, UfsStatus to) {
    return isCertainly(look.intent().getBefore(1), to)
        && !isCertainly(look.intent().getBefore(0), to);
  }

  private static boolean isCertainly(String before, UfsStatus status) {
    return StoreState.fingerprint(before) != null && StoreState.matches(before, status);
  }

  private static boolean isIncomplete(IntentResolver.Look look) {
    return InodeRow.body(row(look)).getIncomplete();
  }

  /** Half, not done: a request that deletes what was to be replaced may still be on its way. */
  private static Finding neither(IntentResolver.Look look) {
    return isIncomplete(look)
        ? new Finding.Half(look::done)
        : look.givenUp("neither name is there any more");
  }

  private static Finding moved(IntentResolver.Look look, UfsStatus to) {
    if (isReplacedThere(look, to)) {
      return isIncomplete(look) ? new Finding.NotDone() : look.givenUp("the source is gone");
    }
    boolean directory = look.intent().getBefore(0).startsWith(StoreState.DIRECTORY);
    return to.isDirectory() == directory
        ? look.done(Map.of(id(look), to))
        : look.givenUp("another entry is at the destination");
  }

  private static Finding onlySource(IntentResolver.Look look, UfsStatus from) {
    if (!replaces(look)) {
      return new Finding.NotDone();
    }
    return StoreState.matches(look.intent().getBefore(0), from)
        ? new Finding.Half(() -> renameNow(look))
        : look.givenUp("the source has changed");
  }

  private static Finding both(IntentResolver.Look look, UfsStatus from, UfsStatus to) {
    boolean same =
        !from.isDirectory()
            && !from.fingerprint().isEmpty()
            && from.fingerprint().equals(to.fingerprint());
    if (same) {
      return new Finding.Half(() -> removeOldName(look, from));
    }
    return replaces(look) && isUntouched(look, to)
        ? new Finding.NotDone()
        : look.givenUp("another entry is at the destination");
  }

  /**
   * Of a directory only an empty one was to be replaced; what is in it may be a half of the move.
   */
  private static boolean isUntouched(IntentResolver.Look look, UfsStatus to) {
    return StoreState.matches(look.intent().getBefore(1), to)
        && (!to.isDirectory() || isEmpty(look.store(), look.intent().getStorePaths(1)));
  }

  private static boolean isEmpty(FencedStore store, String path) {
    try (UfsListing listing = store.list(path)) {
      UfsListing.Page page;
      do {
        page = listing.next(store.deadline());
        if (!page.entries().isEmpty() || !page.unreadable().isEmpty()) {
          return false;
        }
      } while (!page.last());
      return true;
    }
  }

  private static Finding renameNow(IntentResolver.Look look) {
    try {
      UfsStatus to =
          look.store()
              .rename(
                  look.intent().getStorePaths(0),
                  look.intent().getStorePaths(1),
                  StoreState.fingerprint(look.intent().getBefore(0)));
      return look.done(Map.of(id(look), to));
    } catch (UfsException e) {
      return look.givenUp(e.getMessage());
    }
  }

  private static Finding removeOldName(IntentResolver.Look look, UfsStatus from) {
    try {
      look.store().delete(look.intent().getStorePaths(0), from.fingerprint());
    } catch (UfsException e) {
      return look.givenUp(e.getMessage());
    }
    // Removing a name changes what some stores call the file's fingerprint.
    return of(look);
  }

  private static boolean replaces(IntentResolver.Look look) {
    return !look.intent().getBefore(1).equals(StoreState.ABSENT);
  }

  private static long id(IntentResolver.Look look) {
    return InodeRow.id(row(look));
  }

  private static byte[] row(IntentResolver.Look look) {
    return look.effect().stream()
        .filter(JournalRecord::hasRenameInode)
        .map(record -> record.getRenameInode().getRow().toByteArray())
        .findFirst()
        .orElseThrow();
  }
}

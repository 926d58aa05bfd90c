package io.cadastre.server.namespace.through;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange.OutcomeUnknownException;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds out what a store has made of an open intent, from nothing but the intent and the store's
 * present state; so it does not matter which master opened it. Only looks; what is half done is
 * completed by the finding itself, if the caller wants it. Thread-safe; blocks on the store.
 */
public final class IntentResolver {
  private static final Set<UfsException.Kind> FOR_GOOD =
      EnumSet.of(
          UfsException.Kind.DENIED,
          UfsException.Kind.REFUSED,
          UfsException.Kind.UNSUPPORTED,
          UfsException.Kind.NOT_A_DIRECTORY);

  private final MountedFileSystems mounted;

  public IntentResolver(MountedFileSystems mounted) {
    this.mounted = mounted;
  }

  /** Asks the store; the intent's locks are held. */
  public Finding look(MountPoint mount, OpenIntent intent, StoreCall call) {
    return guarded(
        () -> {
          Look look = new Look(new FencedStore(mounted, mount, call), intent);
          try {
            return finding(look);
          } catch (MetadataException | UfsException e) {
            if (isForGood(e)) {
              return look.givenUp(e.getMessage());
            }
            throw e;
          }
        });
  }

  private static Finding finding(Look look) {
    return switch (IntentKind.valueOf(look.intent().getKind())) {
      case MKDIR -> DirectoryLook.of(look);
      case DELETE, DELETE_RECURSIVE -> DeleteLook.of(look);
      case RENAME -> RenameLook.of(look);
      case SET_ATTRIBUTES -> AttributesLook.of(look);
    };
  }

  /**
   * Whether the store would say the same the next time: asking on would lock the paths for ever.
   */
  private static boolean isForGood(RuntimeException failure) {
    Throwable cause = failure instanceof MetadataException ? failure.getCause() : failure;
    return (failure instanceof MetadataException known
            && known.code() == ErrorCode.DEADLINE_EXCEEDED)
        || (cause instanceof UfsException refused && FOR_GOOD.contains(refused.kind()));
  }

  /**
   * Whether requests that nobody waits for any more are still in this mount's store: any of them
   * may yet do what it was asked.
   */
  public boolean hasStuckRequests(MountPoint mount) {
    return mounted.of(mount).stuck().getAsInt() > 0;
  }

  /** Completes what is half done. */
  public Finding forward(Finding.Half half) {
    return guarded(() -> half.forward().get());
  }

  private interface Question {
    Finding ask();
  }

  private static Finding guarded(Question question) {
    try {
      return question.ask();
    } catch (OutcomeUnknownException | MetadataException | UfsException e) {
      return new Finding.Unknown(e.getMessage());
    }
  }

  /** One intent and its store. */
  record Look(FencedStore store, OpenIntent intent) {
    List<JournalRecord> effect() {
      return intent.getEffect().getRecordsList();
    }

    boolean owners() {
      return store.raw().supportsOwnership();
    }

    /** The planned records as they are. */
    Finding done() {
      return done(Map.of());
    }

    /** The planned records with what the store says. */
    Finding done(Map<Long, UfsStatus> statuses) {
      return new Finding.Done(StoreRows.refreshed(effect(), statuses, owners()));
    }

    /** Leaves the directories concerned to the next sync. */
    Finding givenUp(String reason) {
      Set<Long> directories = new TreeSet<>();
      for (JournalRecord record : effect()) {
        switch (record.getKindCase()) {
          case CREATE_INODE -> directories.add(record.getCreateInode().getParentId());
          case UPDATE_INODE -> directories.add(record.getUpdateInode().getParentId());
          case DELETE_INODE -> directories.add(record.getDeleteInode().getParentId());
          case RENAME_INODE -> {
            directories.add(record.getRenameInode().getFromParentId());
            directories.add(record.getRenameInode().getToParentId());
          }
          case DETACH_SUBTREE -> {
            directories.add(record.getDetachSubtree().getParentId());
            directories.add(record.getDetachSubtree().getId());
          }
          default -> {
            // Policies and marks have no directory that could differ.
          }
        }
      }
      // Beyond every sync that has begun; one that begins after this is applied reads a later
      // index.
      long index;
      try (AppliedView view = store.call().view()) {
        index = view.stateIndex() + 1;
      }
      List<JournalRecord> marks = new ArrayList<>();
      directories.forEach(
          id -> marks.add(Records.mark(PutSyncMark.Depth.INVALIDATED, id, 0, index)));
      return new Finding.GivenUp(marks, reason);
    }

    /** Bodies of the inodes that the effect makes, in order. */
    List<InodeBody> created() {
      return effect().stream()
          .filter(JournalRecord::hasCreateInode)
          .map(record -> InodeRow.body(record.getCreateInode().getRow().toByteArray()))
          .toList();
    }
  }
}

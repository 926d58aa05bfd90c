package io.cadastre.journal.tools;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import io.cadastre.journal.store.SyncRow;
import java.util.Arrays;

/**
 * Reads every row of a store and checks that they belong together: each parses; each directory
 * hangs where it says, holds as many entries as it says, and is below the root; nothing else has
 * entries but subtrees that wait to be reclaimed. Memory does not grow with the store.
 */
final class StoreVerify {
  private static final byte[] FIRST = new byte[0];
  private static final byte[] ROOT_NAME = new byte[0];
  private static final String ADVICE = JournalVerify.REBUILD;

  private final RowReader store;
  private final StoredState state;
  private final Findings findings;
  private long files;
  private long directories;
  private long detachedEntries;
  private long largestId;

  StoreVerify(RowReader store, StoredState state, Findings findings) {
    this.store = store;
    this.state = state;
    this.findings = findings;
  }

  void verify() {
    verifyDirectories();
    verifyParents();
    verifyOperations();
    verifyAll(Family.MOUNTS, PutMount.parser());
    verifyAll(Family.POLICIES, PutPolicy.parser());
    verifyAll(Family.INTENTS, OpenIntent.parser());
    verifyAll(Family.TASKS, PutTask.parser());
    verifyMarks();
    if (largestId >= state.nextInodeId()) {
      findings.error(
          "Inode " + largestId + " exists, but the next id is " + state.nextInodeId(), ADVICE);
    }
    if (state.formatLevel() > FormatVersion.LEVEL) {
      findings.error(
          "The store's format level " + state.formatLevel() + " is newer than this version",
          "use the version that wrote it");
    }
    findings.figure("directories", directories);
    findings.figure("files and links", files);
    findings.figure("entries to reclaim", detachedEntries);
  }

  private void verifyDirectories() {
    try (RowCursor rows = store.scan(Family.DIRECTORIES, FIRST, null)) {
      for (; rows.valid(); rows.next()) {
        long id = KeyLayout.idOf(rows.key());
        directories++;
        try {
          verifyDirectory(id, DirectoryRow.decode(rows.value()));
        } catch (MetadataException e) {
          findings.error("Directory " + id + ": " + e.getMessage(), ADVICE);
        }
      }
    }
    if (directories > 0 && store.get(Family.DIRECTORIES, KeyLayout.id(InodeRow.ROOT_ID)) == null) {
      findings.error("The root directory is missing", ADVICE);
    }
  }

  private void verifyDirectory(long id, DirectoryRow directory) {
    byte[] row =
        store.get(Family.CHILDREN, KeyLayout.child(directory.parentId(), directory.name()));
    if (row == null || InodeRow.id(InodeRow.check(row)) != id || !InodeRow.isDirectory(row)) {
      findings.error(
          "Directory " + id + " is not where its row says, below " + directory.parentId(), ADVICE);
      return;
    }
    long entries = verifyEntries(id, false);
    if (InodeRow.childCount(row) != entries) {
      findings.error(
          "Directory " + id + " counts " + InodeRow.childCount(row) + " entries and has " + entries,
          ADVICE);
    }
  }

  /** Checks the entries of a directory and counts them. */
  private long verifyEntries(long id, boolean detached) {
    long entries = 0;
    try (RowCursor rows = store.children(id)) {
      for (; rows.valid(); rows.next()) {
        entries++;
        try {
          verifyEntry(id, rows.key(), InodeRow.check(rows.value()));
        } catch (MetadataException e) {
          findings.error("An entry of directory " + id + ": " + e.getMessage(), ADVICE);
        }
      }
    }
    if (detached) {
      detachedEntries += entries;
    }
    return entries;
  }

  private void verifyEntry(long parent, byte[] key, byte[] row) {
    long id = InodeRow.id(row);
    byte[] name = KeyLayout.nameBytesOf(key);
    // Parses all of it.
    boolean sane = InodeRow.body(row).getId() == id && id > 0 && name.length > 0;
    if (!sane) {
      findings.error("An entry of directory " + parent + " has no id or no name", ADVICE);
    }
    largestId = Math.max(largestId, id);
    if (!InodeRow.isDirectory(row)) {
      files++;
      return;
    }
    byte[] wayUp = store.get(Family.DIRECTORIES, KeyLayout.id(id));
    if (wayUp == null) {
      findings.error("Directory " + id + " below " + parent + " has no way up", ADVICE);
      return;
    }
    DirectoryRow directory = DirectoryRow.decode(wayUp);
    if (directory.parentId() != parent || !Arrays.equals(directory.name(), name)) {
      findings.error("Directory " + id + " hangs at two places", ADVICE);
    }
  }

  /** Looks at each parent id once: it must be a directory's, or one that waits to be reclaimed. */
  private void verifyParents() {
    try (RowCursor rows = store.scan(Family.CHILDREN, FIRST, null)) {
      while (rows.valid()) {
        long parent = KeyLayout.parentOf(rows.key());
        if (parent == InodeRow.ROOT_PARENT_ID) {
          verifyRoot(rows.key(), rows.value());
        } else if (store.get(Family.DIRECTORIES, KeyLayout.id(parent)) == null) {
          if (store.get(Family.DETACHED, KeyLayout.id(parent)) == null) {
            findings.error("Entries of directory " + parent + ", which does not exist", ADVICE);
          } else {
            verifyEntries(parent, true);
          }
        }
        rows.seek(KeyLayout.afterChildren(parent));
      }
    }
  }

  private void verifyRoot(byte[] key, byte[] row) {
    if (!Arrays.equals(KeyLayout.nameBytesOf(key), ROOT_NAME)
        || InodeRow.id(InodeRow.check(row)) != InodeRow.ROOT_ID) {
      findings.error("There is something beside the root", ADVICE);
    }
  }

  private void verifyOperations() {
    long answers = 0;
    try (RowCursor rows = store.scan(Family.OPERATIONS, FIRST, null)) {
      for (; rows.valid(); rows.next()) {
        if (KeyLayout.sequenceOf(rows.key()) == KeyLayout.WATERMARK) {
          continue;
        }
        answers++;
        parse(Family.OPERATIONS, OperationAnswer.parser(), rows.value());
      }
    }
    findings.figure("stored answers", answers);
    if (answers != state.operationCount()) {
      findings.warning(
          "The store counts " + state.operationCount() + " answers and has " + answers,
          "tell the developers; nothing is lost");
    }
  }

  private void verifyAll(Family family, Parser<?> parser) {
    long rows = 0;
    try (RowCursor cursor = store.scan(family, FIRST, null)) {
      for (; cursor.valid(); cursor.next()) {
        rows++;
        parse(family, parser, cursor.value());
      }
    }
    findings.figure(family.storedName(), rows);
  }

  private void parse(Family family, Parser<?> parser, byte[] value) {
    try {
      parser.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      findings.error(
          "A row of " + family.storedName() + " does not parse (" + e.getMessage() + ")", ADVICE);
    }
  }

  private void verifyMarks() {
    try (RowCursor rows = store.scan(Family.SYNC, FIRST, null)) {
      for (; rows.valid(); rows.next()) {
        long id = KeyLayout.idOf(rows.key());
        try {
          SyncRow.decode(rows.value());
        } catch (MetadataException e) {
          findings.error("The sync mark of directory " + id + ": " + e.getMessage(), ADVICE);
        }
        if (store.get(Family.DIRECTORIES, KeyLayout.id(id)) == null) {
          findings.error("A sync mark of directory " + id + ", which does not exist", ADVICE);
        }
      }
    }
  }
}

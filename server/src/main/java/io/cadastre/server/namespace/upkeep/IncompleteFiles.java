package io.cadastre.server.namespace.upkeep;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.namespace.operation.ExpireFileOperation;
import io.cadastre.server.namespace.operation.StoreAccess;
import io.cadastre.server.transaction.CallContext;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.Transactions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for files that were created and not completed within their time, and ends them by ordinary
 * locked operations. Goes through all rows once per interval, a small piece at a time and each from
 * a view of its own, at a bounded rate.
 */
public final class IncompleteFiles implements LeaderTask {
  private static final Logger LOG = LoggerFactory.getLogger(IncompleteFiles.class);
  private static final int PIECE_ROWS = 5_000;
  private static final int PIECE_FILES = 100;
  private static final long PIECE_PAUSE_MILLIS = 100;
  private static final Caller SELF = Caller.system("internal");

  private final Transactions transactions;
  private final StoreAccess stores;
  private final long ttlMillis;
  private final long intervalMillis;
  private final long timeoutNanos;
  private Leadership current;
  private byte[] next = new byte[0];

  private record Expired(NamespacePath path, long inodeId) {}

  /**
   * @param ttlMillis how long a file may be incomplete
   * @param intervalMillis from the end of one round to the next
   * @param timeoutNanos for ending one file
   */
  public IncompleteFiles(
      Transactions transactions,
      StoreAccess stores,
      long ttlMillis,
      long intervalMillis,
      long timeoutNanos) {
    this.transactions = transactions;
    this.stores = stores;
    this.ttlMillis = ttlMillis;
    this.intervalMillis = intervalMillis;
    this.timeoutNanos = timeoutNanos;
  }

  @Override
  public String name() {
    return "expire-incomplete-files";
  }

  @Override
  public long runOnce(Leadership leadership) throws InterruptedException {
    if (leadership != current) {
      current = leadership;
      next = new byte[0];
    }
    List<Expired> expired = new ArrayList<>();
    try (AppliedView view = leadership.view()) {
      next = scan(view, next, leadership.clock().millis() - ttlMillis, expired);
    }
    for (Expired file : expired) {
      end(leadership, file);
    }
    if (next == null) {
      next = new byte[0];
      return intervalMillis;
    }
    return PIECE_PAUSE_MILLIS;
  }

  /** Looks at one piece; returns where the next one begins, or null at the end. */
  private static byte[] scan(AppliedView view, byte[] from, long oldest, List<Expired> expired) {
    int rows = 0;
    try (RowCursor cursor = view.scan(Family.CHILDREN, from, null)) {
      for (; cursor.valid(); cursor.next()) {
        if (rows++ == PIECE_ROWS || expired.size() == PIECE_FILES) {
          return cursor.key();
        }
        InodeBody body = InodeRow.body(cursor.value());
        if (body.getKind() == InodeKind.FILE
            && body.getIncomplete()
            && body.getCreatedMillis() <= oldest) {
          NamespacePath path = path(view, cursor.key());
          if (path != null) {
            expired.add(new Expired(path, body.getId()));
          }
        }
      }
      return null;
    }
  }

  /** The path of a row; null if it lies in a subtree that was deleted and waits to be reclaimed. */
  private static NamespacePath path(AppliedView view, byte[] key) {
    Deque<String> names = new ArrayDeque<>();
    names.push(KeyLayout.nameOf(key));
    long directory = KeyLayout.parentOf(key);
    while (directory != InodeRow.ROOT_ID) {
      byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directory));
      if (row == null) {
        return null;
      }
      DirectoryRow up = DirectoryRow.decode(row);
      names.push(KeyLayout.text(up.name()));
      directory = up.parentId();
    }
    return NamespacePath.of("/" + String.join("/", names));
  }

  private void end(Leadership leadership, Expired file) throws InterruptedException {
    CallContext call = new CallContext(SELF, null, null, System.nanoTime() + timeoutNanos);
    try {
      transactions
          .run(leadership, call, new ExpireFileOperation(file.path(), file.inodeId(), stores))
          .get();
      LOG.info("A file that was not completed in time has expired: {}", file.path());
    } catch (ExecutionException e) {
      MetadataException failure = MetadataExceptions.unwrap(e);
      if (failure.code() == ErrorCode.NOT_LEADER) {
        throw failure;
      }
      LOG.info(
          "An incomplete file stays until the next round: {}: {}",
          file.path(),
          failure.getMessage());
    }
  }
}

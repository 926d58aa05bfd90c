package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.ufs.spi.UfsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What one thread of a run does: compares directories one after the other, hands on those that it
 * finds below, and sees to the marks of those it has done. Used by one thread.
 */
final class DirectoryWorker implements Crew.Worker<FoundDirectory> {
  private final SyncContext context;
  private final SyncRun run;
  private final SyncWriter writer;
  private final DeleteSpill staged;
  private final Deque<ListedDirectory> listed = new ArrayDeque<>();
  // Their creation may still be on its way: nobody could compare them yet.
  private final List<NamespacePath> unborn = new ArrayList<>();
  private long settledNanos = System.nanoTime();

  DirectoryWorker(SyncContext context, SyncRun run, SyncWriter writer) {
    this.context = context;
    this.run = run;
    this.writer = writer;
    this.staged = new DeleteSpill(run.target(), context.settings());
  }

  @Override
  public void work(FoundDirectory found) throws InterruptedException {
    boolean cameBack;
    try (DirectoryListing listing = found.listing()) {
      cameBack = compare(found.path(), listing);
    }
    if (cameBack) {
      // It may have been asked for long before it was read: what is there now is listed anew.
      try (DirectoryListing anew = new DirectoryListing(context, run.target().at(found.path()))) {
        if (compare(found.path(), anew)) {
          run.distrust();
          context
              .progress()
              .fail(
                  found.path().toString(),
                  ErrorCode.STORE_UNAVAILABLE.name(),
                  "Went and came back while it was listed; compare it again");
        }
      }
    }
  }

  /** Journals what was decided, marks what is done by that, and hands on what has become known. */
  @Override
  public void settle() throws InterruptedException {
    settledNanos = System.nanoTime();
    writer.finish();
    run.mark(listed, writer);
    if (!unborn.isEmpty()) {
      unborn.forEach(run.queue()::add);
      unborn.clear();
      run.found();
    }
  }

  /**
   * Compares one directory; what is unknown in it is in the progress.
   *
   * @return whether nothing was compared because the store did not have the directory when it was
   *     listed, and has it again
   */
  private boolean compare(NamespacePath path, DirectoryListing listing)
      throws InterruptedException {
    if (context.progress().isCancelled()) {
      run.distrust();
      return false;
    }
    if (!run.isOnMount(path)) {
      // Another store was mounted there since it was found: it is none of this one's.
      context.progress().skipped.increment();
      return false;
    }
    if (run.isRecursive() && run.skips(path)) {
      context.progress().skipped.increment();
      knownDirectories(path);
      return false;
    }
    Optional<Long> id = run.directoryId(path);
    if (id.isEmpty() && context.dryRun()) {
      id = Optional.of(DirectoryPairs.NOT_THERE);
    }
    if (id.isEmpty()) {
      context.progress().skipped.increment();
      return false;
    }
    boolean cameBack = false;
    try {
      cameBack = !join(path, id.get(), listing) && compareItself(path, id.get());
    } catch (UfsException e) {
      // A directory that is closed to us says nothing of the others; a store that fails does.
      if (e.kind() != UfsException.Kind.DENIED) {
        run.distrust();
      }
      context.progress().fail(path.toString(), e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      context.checkLeading(cause);
      run.distrust();
      context.progress().fail(path.toString(), cause.code().name(), cause.getMessage());
    }
    if (SyncRun.isToSettle(Math.max(listed.size(), unborn.size()), settledNanos)) {
      settle();
      run.journalMarks(writer);
    }
    run.found();
    return cameBack;
  }

  /** Joins one directory with its listing; false if the store does not have it. */
  private boolean join(NamespacePath path, long id, DirectoryListing listing)
      throws InterruptedException {
    DirectorySync.Outcome outcome;
    try {
      outcome =
          new DirectorySync(context, writer, staged, run.deletes())
              .run(run.target().at(path), id, listing, new Below(path));
    } catch (UfsException e) {
      if (e.kind() == UfsException.Kind.ABSENT || e.kind() == UfsException.Kind.NOT_A_DIRECTORY) {
        return false;
      }
      throw e;
    }
    if (outcome.complete()) {
      ListedDirectory done = new ListedDirectory(path, id, outcome);
      if (outcome.holdsDeletes()) {
        run.markLater(done);
      } else {
        listed.add(done);
      }
    }
    return true;
  }

  /**
   * The store did not have a directory when it was listed: what is there now is found by comparing
   * the path itself. One that is kept all the same, for a mount below it, holds nothing else.
   *
   * @return whether the store has the directory again
   */
  private boolean compareItself(NamespacePath path, long id) throws InterruptedException {
    SyncTarget directory = run.target().at(path);
    PathSync.Outcome now = new PathSync(context, writer, run.deletes()).run(directory);
    if (now == PathSync.Outcome.UNKNOWN) {
      run.distrust();
    } else if (now != PathSync.Outcome.DIRECTORY && run.isKept(path)) {
      try (DirectoryListing nothing = DirectoryListing.ofNothing(context, directory)) {
        join(path, id, nothing);
      }
    }
    return now == PathSync.Outcome.DIRECTORY;
  }

  /** Takes the directories below one that is compared. */
  private final class Below implements DirectorySync.Subdirectories {
    private final NamespacePath path;

    Below(NamespacePath path) {
      this.path = path;
    }

    @Override
    public void known(String name) {
      if (run.isRecursive()) {
        run.queue().add(path.child(name));
      }
    }

    @Override
    public void kept(String name) {
      known(name);
    }

    @Override
    public void made(String name) {
      if (run.isRecursive()) {
        unborn.add(path.child(name));
      }
    }

    @Override
    public void pageEnded() throws InterruptedException {
      if (unborn.size() >= 10 * SyncRun.MOST_UNSETTLED) {
        settle();
      }
      writer.rest();
    }
  }

  private void knownDirectories(NamespacePath path) {
    Optional<Long> id = run.directoryId(path);
    if (id.isPresent()) {
      try (AppliedView view = context.leadership().view()) {
        KnownDirectories.forEach(
            view,
            id.get(),
            name -> {
              NamespacePath child = path.child(name);
              if (!view.mounts().isMountPoint(child)) {
                run.queue().add(child);
              }
            });
      }
    }
    run.found();
  }

  @Override
  public void close() {
    staged.close();
  }
}

package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.StoreLookup;
import java.util.Optional;

/**
 * Compares one path with its store by lookups: the missing directories above it, top down, then the
 * path itself.
 */
final class PathSync {
  /** What came of it. */
  enum Outcome {
    /** The store has the path: a directory. */
    DIRECTORY,
    /** The store has the path, and it is no directory. */
    PRESENT,
    /** It does not, or a file is in the way, or another mount by now. */
    ABSENT,
    /** The store does not say; that is in the progress. */
    UNKNOWN;

    boolean isPresent() {
      return this == DIRECTORY || this == PRESENT;
    }
  }

  /** What the namespace has at a path, and when it was looked up: before the store is asked. */
  private record Known(Resolution resolution, long millis, long index) {}

  private final SyncContext context;
  private final SyncWriter writer;
  private final DeleteCollector deletes;

  PathSync(SyncContext context, SyncWriter writer, DeleteCollector deletes) {
    this.context = context;
    this.writer = writer;
    this.deletes = deletes;
  }

  /** Syncs a path. What could not be read is in the progress; nothing is concluded from it. */
  Outcome run(SyncTarget target) throws InterruptedException {
    NamespacePath path = target.path();
    Outcome outcome = Outcome.DIRECTORY;
    for (int depth = target.mount().path().depth() + 1; depth <= path.depth(); depth++) {
      NamespacePath part = path.ancestor(depth);
      boolean last = depth == path.depth();
      Optional<Known> resolved = resolve(target.at(part));
      if (resolved.isEmpty() || !resolved.get().resolution().parentExists()) {
        return Outcome.ABSENT;
      }
      if (!last && resolved.get().resolution().isDirectory()) {
        continue;
      }
      outcome = one(target.at(part), resolved.get());
      if (!outcome.isPresent()) {
        return outcome;
      }
      // What was decided has to be there before the next component is looked at.
      writer.finish();
    }
    return target.isRoot() ? root(target) : outcome;
  }

  /**
   * Empty if a file is in the way, on both sides or only here, or if the path is another mount's by
   * now.
   */
  private Optional<Known> resolve(SyncTarget target) {
    long millis = context.leadership().clock().millis();
    try (AppliedView view = context.leadership().view()) {
      if (!target.isOn(view.mounts())) {
        return Optional.empty();
      }
      Resolution resolution = context.resolver().resolve(view, target.path(), context.caller());
      return Optional.of(new Known(resolution, millis, view.stateIndex()));
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_A_DIRECTORY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Compares one entry. */
  private Outcome one(SyncTarget target, Known before) throws InterruptedException {
    Resolution known = before.resolution();
    StoreLookup lookup = context.lookup(target);
    if (lookup instanceof StoreLookup.Unknown unknown) {
      context.fail(target.path(), unknown);
      return Outcome.UNKNOWN;
    }
    SyncTarget directory = target.at(target.path().parent());
    boolean mount;
    try (AppliedView view = context.leadership().view()) {
      mount = view.mounts().isMountPointOrAbove(target.path());
    }
    Optional<SyncDecision> decision;
    Outcome outcome = Outcome.ABSENT;
    if (lookup instanceof StoreLookup.Present found) {
      outcome = found.status().isDirectory() ? Outcome.DIRECTORY : Outcome.PRESENT;
      decision =
          known.exists()
              ? Decider.inBoth(found.status(), known.row(), mount, Decider.Holds.of(target.store()))
              : Optional.of(Decider.onlyInStore(found.status()));
    } else if (known.exists()) {
      decision = Decider.onlyInNamespace(target.path().name(), known.row(), mount);
    } else {
      decision = Optional.empty();
      context
          .absent()
          .put(known, new AbsentPathCache.Check(before.millis(), before.index(), target.mount()));
    }
    if (decision.isPresent()
        && (context.refresh() || decision.get() instanceof SyncDecision.Create)) {
      SyncWriter.Pending pending =
          new SyncWriter.Pending(directory, known.parentId(), decision.get(), before.index());
      if (decision.get().removes()) {
        deletes.add(pending);
      } else {
        writer.write(pending);
      }
    } else if (known.exists() && outcome.isPresent()) {
      context.progress().unchanged.increment();
    }
    return outcome;
  }

  /** The mount's root is there; whether it says so. */
  private Outcome root(SyncTarget target) {
    if (context.lookup(target) instanceof StoreLookup.Unknown unknown) {
      context.fail(target.path(), unknown);
      return Outcome.UNKNOWN;
    }
    return Outcome.DIRECTORY;
  }
}

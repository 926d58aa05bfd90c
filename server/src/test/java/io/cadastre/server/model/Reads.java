package io.cadastre.server.model;

import io.cadastre.client.Answer;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.Page;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.model.AbsentPaths.Belief;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads, and listings that the run makes for itself. Used by the run's thread. */
final class Reads {
  private static final int PAGE_ENTRIES = 37;

  private final World world;
  private final Namespace namespace;
  private final Invariants invariants;
  private final Comparison comparison;

  Reads(World world, Comparison comparison) {
    this.world = world;
    this.namespace = world.namespace;
    this.invariants = world.invariants;
    this.comparison = comparison;
  }

  private static ReadOptions options(Freshness freshness) {
    return switch (freshness) {
      case KNOWN -> ReadOptions.DEFAULT;
      case LOAD_MISSING -> ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS);
      case LOAD_ONCE -> ReadOptions.DEFAULT.withLoadType(LoadType.ONCE);
      case NOW -> ReadOptions.DEFAULT.withSyncIntervalMillis(0);
    };
  }

  /** Asks until there is somebody who answers, and looks at the answer. */
  void read(Step.Read step) {
    Marks marks = world.marksFor(List.of(step.path()));
    Belief belief = belief(step, marks);
    if (belief == Belief.NO) {
      Effects.read(namespace, step, marks, false);
      answer(step).run();
      return;
    }
    Runnable answer = answer(step);
    boolean certain = belief == Belief.YES && world.cluster.term() == world.term;
    // Else what is listed afterwards shows whether the store was asked, if it has the path.
    boolean believed = certain || Comparison.isLike(namespace, known("/", true));
    world.history.note("   believed absent: " + believed + (certain ? "" : ", as it turns out"));
    if (!believed) {
      Effects.read(namespace, step, marks, false);
    } else if (!certain) {
      namespace.absent.saidAbsent(namespace, step.path());
    }
    answer.run();
  }

  /** Whether the path is believed absent and that counts: not where something is due. */
  private Belief belief(Step.Read step, Marks marks) {
    return step.freshness() != Freshness.LOAD_ONCE
            || marks.isDue(namespace, step.path(), SyncModel.Depth.SELF)
        ? Belief.NO
        : namespace.absent.belief(namespace, step.path(), world.term);
  }

  /** Gets an answer, and is to look at it when it is run. */
  private Runnable answer(Step.Read step) {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    ReadOptions options = options(step.freshness());
    while (true) {
      try {
        return ask(step, options);
      } catch (MetadataException e) {
        boolean again = World.isPassing(e.code()) && System.nanoTime() - giveUp < 0;
        if (!again) {
          return () -> refused(step, e);
        }
        world.history.note("   again: " + e.getMessage());
      }
    }
  }

  private void refused(Step.Read step, MetadataException e) {
    boolean listing = step.question() == Question.LIST || step.question() == Question.TREE;
    ErrorCode wanted = namespace.refusalOfRead(step.path(), listing);
    world.history.note("   -> " + e.code() + ": " + e.getMessage());
    invariants.check(
        Invariant.ANSWERS,
        e.code() == wanted,
        step
            + ": expected "
            + (wanted == null ? "an answer" : wanted)
            + ", answered "
            + e.code()
            + ": "
            + e.getMessage());
  }

  private Runnable ask(Step.Read step, ReadOptions options) {
    String path = step.path();
    switch (step.question()) {
      case STATUS -> {
        Answer<FileStatus> answer = world.client.getStatus(path, options);
        invariants.readAt(answer.served().stateIndex(), step.toString());
        return () -> comparison.isExactly(path, found(step), answer.value());
      }
      case EXISTS -> {
        Answer<Boolean> answer = world.client.exists(path, options);
        invariants.readAt(answer.served().stateIndex(), step.toString());
        return () ->
            invariants.check(
                Invariant.ANSWERS,
                answer.value() == (namespace.find(path) != null),
                step + ": answered " + answer.value());
      }
      case COUNT -> {
        CountResult count = world.client.count(path, options).value();
        return () -> counted(step, count);
      }
      default -> {
        boolean recursive = step.question() == Question.TREE;
        Map<String, FileStatus> found = list(path, recursive, options, step.pageEntries());
        return () -> listed(step, recursive, found);
      }
    }
  }

  private void counted(Step.Read step, CountResult count) {
    long[] counts = found(step).count();
    invariants.check(
        Invariant.ANSWERS,
        count.getFiles() == counts[0]
            && count.getDirectories() == counts[1]
            && count.getBytes() == counts[2],
        step + ": expected " + Arrays.toString(counts) + ", answered " + count);
  }

  private Inode found(Step.Read step) {
    Inode found = namespace.find(step.path());
    invariants.check(Invariant.ANSWERS, found != null, step + ": answered, but nothing is there");
    return found;
  }

  private void listed(Step.Read step, boolean recursive, Map<String, FileStatus> found) {
    Inode wanted = namespace.find(step.path());
    invariants.check(
        Invariant.ANSWERS, wanted != null && wanted.directory, step + ": answered with a listing");
    comparison.isExactly(
        "listing of " + step.path(), Comparison.expected(step.path(), wanted, recursive), found);
  }

  /** Entries by path, from all pages. */
  private Map<String, FileStatus> list(
      String path, boolean recursive, ReadOptions read, int pageEntries) {
    Map<String, FileStatus> found = new LinkedHashMap<>();
    ListOptions options =
        ListOptions.DEFAULT.withRecursive(recursive).withRead(read).withPageEntries(pageEntries);
    try (ListStream pages = world.client.list(path, options)) {
      while (pages.hasNext()) {
        Page page = pages.next();
        invariants.readAt(page.served().stateIndex(), "a listing of " + path);
        for (FileStatus entry : page.entries()) {
          String at = recursive ? entry.getPath() : Paths.child(path, entry.getName());
          invariants.check(
              Invariant.LISTINGS, found.put(at, entry) == null, at + " was listed twice");
        }
      }
    }
    return found;
  }

  /**
   * What is known below a directory that is there, whoever leads by then. On no mount: a directory
   * of a mount may be due, and would be compared first.
   */
  Map<String, FileStatus> known(String path, boolean recursive) {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    while (true) {
      try {
        return list(path, recursive, ReadOptions.DEFAULT, PAGE_ENTRIES);
      } catch (MetadataException e) {
        world.history.note("   again: " + e.getMessage());
        boolean again = World.isPassing(e.code()) && System.nanoTime() - giveUp < 0;
        invariants.check(Invariant.ANSWERS, again, "listing of " + path + ": " + e.getMessage());
      }
    }
  }
}

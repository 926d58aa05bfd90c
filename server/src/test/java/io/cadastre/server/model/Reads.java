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
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import java.util.Arrays;
import java.util.LinkedHashMap;
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
      case NOW -> ReadOptions.DEFAULT.withSyncIntervalMillis(0);
    };
  }

  /** Asks until there is somebody who answers, and looks at the answer. */
  void read(Step.Read step) {
    Effects.read(namespace, step, world.marks);
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    ReadOptions options = options(step.freshness());
    while (true) {
      try {
        ask(step, options);
        return;
      } catch (MetadataException e) {
        boolean again = World.isPassing(e.code()) && System.nanoTime() - giveUp < 0;
        if (!again) {
          refused(step, e);
          return;
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

  private void ask(Step.Read step, ReadOptions options) {
    String path = step.path();
    Inode wanted = namespace.find(path);
    switch (step.question()) {
      case STATUS -> {
        Answer<FileStatus> answer = world.client.getStatus(path, options);
        found(step, wanted);
        invariants.answeredAt(answer.served().stateIndex(), false, step.toString());
        comparison.isExactly(path, wanted, answer.value());
      }
      case EXISTS -> {
        Answer<Boolean> answer = world.client.exists(path, options);
        invariants.answeredAt(answer.served().stateIndex(), false, step.toString());
        invariants.check(
            Invariant.ANSWERS,
            answer.value() == (wanted != null),
            step + ": answered " + answer.value());
      }
      case COUNT -> {
        CountResult count = world.client.count(path, options).value();
        found(step, wanted);
        long[] counts = wanted.count();
        invariants.check(
            Invariant.ANSWERS,
            count.getFiles() == counts[0]
                && count.getDirectories() == counts[1]
                && count.getBytes() == counts[2],
            step + ": expected " + Arrays.toString(counts) + ", answered " + count);
      }
      case LIST -> listed(step, wanted, false, options);
      case TREE -> listed(step, wanted, true, options);
    }
  }

  private void found(Step.Read step, Inode wanted) {
    invariants.check(Invariant.ANSWERS, wanted != null, step + ": answered, but nothing is there");
  }

  private void listed(Step.Read step, Inode wanted, boolean recursive, ReadOptions options) {
    Map<String, FileStatus> found = list(step.path(), recursive, options, step.pageEntries());
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
        invariants.answeredAt(page.served().stateIndex(), false, "a listing of " + path);
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

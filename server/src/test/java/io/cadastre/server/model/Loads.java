package io.cadastre.server.model;

import io.cadastre.client.LoadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Trouble;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.util.Map;

/** `load-metadata`, of stores that are well or in trouble. Used by the run's thread. */
final class Loads {
  private final World world;
  private final Reads reads;

  Loads(World world, Reads reads) {
    this.world = world;
    this.reads = reads;
  }

  void load(Step.Load drawn) {
    Namespace namespace = world.namespace;
    StoreModel store = namespace.storeOf(drawn.path());
    Step.Load step = possible(drawn, store);
    Inode top = namespace.find(step.path());
    boolean troubled = step.trouble() != Trouble.NONE && top != null && top.directory;
    Map<String, Inode> before = troubled ? Comparison.expected(step.path(), top, true) : Map.of();
    Effects.load(namespace, step);
    MemoryStore memory = world.store(step.path());
    trouble(step, store, memory);
    try {
      untilClean(step);
    } finally {
      memory.faults().clear();
      memory.setGone(false);
      if (step.trouble() == Trouble.UNREADABLE) {
        memory.setUnreadable(store.storePath(step.troubled()), null);
      }
    }
    if (!before.isEmpty()) {
      nothingGone(step, before);
    }
  }

  /** A change that was given up may have left the store without what is to be unreadable. */
  private Step.Load possible(Step.Load drawn, StoreModel store) {
    if (drawn.trouble() != Trouble.UNREADABLE || store.find(drawn.troubled()) != null) {
      return drawn;
    }
    world.history.note("   without trouble: the store does not have it by now");
    return new Step.Load(drawn.path(), drawn.recursive(), drawn.force(), Trouble.NONE, "");
  }

  /** What lies in the troubled part is known as before. */
  private void nothingGone(Step.Load step, Map<String, Inode> before) {
    Map<String, FileStatus> after = reads.known("/", true);
    for (Map.Entry<String, Inode> entry : before.entrySet()) {
      boolean inTrouble =
          step.trouble() == Trouble.GONE || Paths.isUnder(entry.getKey(), step.troubled());
      if (inTrouble) {
        FileStatus status = after.get(entry.getKey());
        world.invariants.check(
            Invariant.FAILURES,
            status != null && (entry.getValue().id == 0 || status.getId() == entry.getValue().id),
            entry.getKey() + " is gone after " + step);
      }
    }
  }

  private static void trouble(Step.Load step, StoreModel store, MemoryStore memory) {
    String at = step.troubled().isEmpty() ? "" : store.storePath(step.troubled());
    switch (step.trouble()) {
      case NONE -> {
        // All is well.
      }
      case GONE -> memory.setGone(true);
      case NOT_ANSWERING -> memory.faults().on(StoreOperation.LIST).at(at).fail(Kind.UNAVAILABLE);
      case REFUSED -> memory.faults().on(StoreOperation.LIST).at(at).fail(Kind.DENIED);
      case UNREADABLE -> memory.setUnreadable(at, "a test wants it");
    }
  }

  /** Loads until no leader went away meanwhile: only what the trouble explains may have failed. */
  void untilClean(Step.Load step) {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    LoadOptions options =
        LoadOptions.DEFAULT.withRecursive(step.recursive()).withForce(step.force());
    while (true) {
      String text;
      try {
        LoadMetadataProgress progress =
            world.client.loadMetadata(step.path(), options, message -> {});
        if (progress.getFailuresList().stream().allMatch(failure -> explained(step, failure))) {
          world.history.note(
              "   -> loaded: "
                  + progress.getCreated()
                  + " created, "
                  + progress.getUpdated()
                  + " updated, "
                  + progress.getReplaced()
                  + " replaced, "
                  + progress.getDeleted()
                  + " deleted, "
                  + progress.getFailed()
                  + " failed");
          return;
        }
        text = progress.getFailuresList().toString();
      } catch (MetadataException e) {
        if (e.code().fault() == ErrorCode.Fault.CALLER
            && e.code() == world.namespace.refusalOfRead(step.path(), false)) {
          world.history.note("   -> " + e.code());
          return;
        }
        text = e.code() + ": " + e.getMessage();
      }
      world.history.note("   again: " + text);
      world.invariants.check(
          Invariant.ANSWERS, System.nanoTime() - giveUp < 0, step + " does not succeed: " + text);
    }
  }

  private static boolean explained(Step.Load step, SyncFailure failure) {
    boolean store =
        failure.getCode().equals("STORE_UNAVAILABLE") || failure.getCode().equals("STORE_REFUSED");
    return switch (step.trouble()) {
      case NONE -> false;
      case GONE -> store;
      default -> store && failure.getPath().equals(step.troubled());
    };
  }
}

package io.cadastre.server.model;

import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.ReportLine;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.testing.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at everything between two steps. Used by the run's thread. */
final class AtRest {
  private final World world;
  private final Faults faults;
  private final Reads reads;
  private final Comparison comparison;

  AtRest(World world, Faults faults, Reads reads, Comparison comparison) {
    this.world = world;
    this.faults = faults;
    this.reads = reads;
    this.comparison = comparison;
  }

  /** Everything is listed as it is known. */
  void checkTree() {
    world.history.note("   all is listed");
    comparison.isExactly(
        "listing of /",
        Comparison.expected("/", world.namespace.root, true),
        reads.known("/", true));
  }

  /** All members up, nothing on its way. */
  void check() {
    faults.heal();
    checkReplicas();
    checkStores();
    checkNothingLeft();
    world.readMarks();
    world.checkHalted();
  }

  private void checkReplicas() {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    while (true) {
      String verdict;
      try {
        CheckStateResult result = world.client.admin().checkState();
        verdict = result.getVerdict();
        world.history.note("   state " + verdict + " at index " + result.getIndex());
        if (!verdict.equals("INCOMPLETE")) {
          world.invariants.check(Invariant.REPLICAS, verdict.equals("EQUAL"), result.toString());
          return;
        }
      } catch (MetadataException e) {
        verdict = e.getMessage();
      }
      world.invariants.check(
          Invariant.REPLICAS, System.nanoTime() - giveUp < 0, "no answer: " + verdict);
      world.checkHalted();
    }
  }

  private void checkStores() {
    for (Map.Entry<StoreModel, MemoryStore> entry : world.stores.entrySet()) {
      StoreModel store = entry.getKey();
      Map<String, Inode> expected = Comparison.expected(store.mountPoint, store.root, true);
      expected.forEach(
          (path, wanted) -> {
            UfsStatus found = entry.getValue().peek(store.storePath(path));
            world.invariants.check(
                Invariant.STORES,
                found != null
                    && found.isDirectory() == wanted.directory
                    && found.owner().equals(wanted.owner)
                    && found.mode() == wanted.mode
                    && (wanted.directory || found.size() == wanted.size),
                path
                    + " in its store: expected "
                    + (wanted.directory ? "a directory" : "a file of " + wanted.size)
                    + ", found "
                    + found);
          });
      long files = StoreEntries.count(entry.getValue());
      world.invariants.check(
          Invariant.STORES,
          files == expected.size(),
          store.mountPoint + ": expected " + expected.size() + " entries, found " + files);
    }
  }

  private void checkNothingLeft() {
    long giveUp = System.nanoTime() + World.PATIENCE_NANOS;
    List<String> left = left();
    // A mark or an expiry may just be on its way, and the leader may just change.
    while (!left.isEmpty() && System.nanoTime() - giveUp < 0) {
      left = left();
    }
    world.invariants.check(Invariant.NOTHING_LEFT, left.isEmpty(), left.toString());
  }

  /** What the leader holds; a line too if nobody says so. */
  private List<String> left() {
    List<String> left = new ArrayList<>();
    int counts = 0;
    try {
      String leader = world.cluster.address(world.cluster.leader());
      for (ReportLine line : world.client.admin().report(leader).getLinesList()) {
        boolean counted =
            line.getSection().equals("locks") || line.getKey().equals("changes in progress");
        counts += counted ? 1 : 0;
        if (counted && !line.getValue().equals("0")) {
          left.add(line.getSection() + " " + line.getKey() + " " + line.getValue());
        }
      }
    } catch (MetadataException e) {
      left.add(e.getMessage());
    }
    if (counts == 0) {
      left.add("no master says that it leads");
    }
    return left;
  }
}

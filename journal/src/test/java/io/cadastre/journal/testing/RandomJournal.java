package io.cadastre.journal.testing;

import com.google.protobuf.ByteString;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.CheckState;
import io.cadastre.journal.record.proto.ExpireOperations;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.record.proto.PolicyMove;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.ReclaimDetached;
import io.cadastre.journal.record.proto.RenameInode;
import io.cadastre.journal.record.proto.ReserveInodeIds;
import io.cadastre.journal.record.proto.SetFormatLevel;
import io.cadastre.journal.record.proto.StateVerdict;
import io.cadastre.journal.record.proto.StoreOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A random log that a leader could have written: a small planner with a model of the namespace
 * decides what is possible, so every record fits. Same seed, same log.
 */
public final class RandomJournal {
  private static final long NOW = 1_760_000_000_000L;
  private static final String[] NAMES = {
    "a", "a-b", "a.b", "b", "data", "part-00000", "zz", "naïve", "日本", "😀", "x y", "~"
  };

  /** An entry of the log; null stands for an entry of Raft's own. */
  public record LogEntry(long term, long index, JournalEntry entry) {}

  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private static final class Node {
    final long id;
    final boolean directory;
    final TreeMap<String, Node> children = new TreeMap<>(BY_BYTES);
    Node parent;
    String name;

    Node(long id, boolean directory, Node parent, String name) {
      this.id = id;
      this.directory = directory;
      this.parent = parent;
      this.name = name;
    }

    String path() {
      if (parent == null) {
        return "";
      }
      return parent.path() + "/" + name;
    }
  }

  private final Random random;
  private final Node root = new Node(InodeRow.ROOT_ID, true, null, "");
  private final List<Node> directories = new ArrayList<>(List.of(root));
  private final List<Node> files = new ArrayList<>();
  private final List<Node> detached = new ArrayList<>();
  private final List<Long> gone = new ArrayList<>();
  private final TreeSet<String> policies = new TreeSet<>();
  private final TreeMap<Long, String> mounts = new TreeMap<>();
  private final TreeMap<Long, Long> intents = new TreeMap<>();
  private final long[] answered = new long[5];
  private final long[] expired = new long[5];
  private long nextId = 2;
  private long nextMount = 1;
  private long nextIntent = 1;
  private final TreeMap<Long, String> tasks = new TreeMap<>();
  private long nextTask = 1;
  private long term = 1;
  private long index;
  private long millis = NOW;

  public RandomJournal(long seed) {
    this.random = new Random(seed);
  }

  /** A log of a new cluster, with entries of Raft's own and fenced ones in between. */
  public static List<LogEntry> log(long seed, int entries) {
    RandomJournal journal = new RandomJournal(seed);
    List<LogEntry> log = new ArrayList<>();
    log.add(new LogEntry(1, 0, null));
    log.add(new LogEntry(1, 1, journal.entry(List.of(initOperation("random")), false)));
    journal.index = 2;
    while (log.size() < entries) {
      log.add(journal.nextEntry());
    }
    return log;
  }

  /** The first operation of a cluster. */
  public static PlannedOperation initOperation(String clusterId) {
    return PlannedOperation.newBuilder()
        .addRecords(
            JournalRecord.newBuilder()
                .setInitCluster(
                    InitCluster.newBuilder()
                        .setClusterId(clusterId)
                        .setRootRow(ByteString.copyFrom(row(InodeRow.ROOT_ID, true, NOW, "root")))
                        .setFormatLevel(FormatVersion.LEVEL)))
        .build();
  }

  /** A row as the planner makes it. */
  public static byte[] row(long id, boolean directory, long millis, String owner) {
    InodeBody.Builder body =
        InodeBody.newBuilder()
            .setId(id)
            .setKind(directory ? InodeKind.DIRECTORY : InodeKind.FILE)
            .setOwner(owner)
            .setGroup("staff")
            .setMode(directory ? 0755 : 0644)
            .setCreatedMillis(millis);
    if (!directory) {
      body.setSize(id * 17).setFingerprint("etag-" + id);
      body.addXattrs(Xattr.newBuilder().setName("user.k").setValue(ByteString.copyFromUtf8("v")));
    }
    return InodeRow.encode(millis, millis, body.build());
  }

  private LogEntry nextEntry() {
    int dice = random.nextInt(100);
    if (dice < 3) {
      term += random.nextInt(1, 4);
      return new LogEntry(term, index++, null);
    }
    millis += random.nextInt(50);
    if (dice < 6) {
      // Planned by a leader whose term was over when it reached the log: valid but without effect.
      JournalEntry fenced =
          JournalEntry.newBuilder()
              .setFormat(FormatVersion.ENTRY)
              .setPlannedTerm(term == 1 ? 7 : term - 1)
              .setClusterMillis(millis + 1_000_000)
              .addOperations(
                  PlannedOperation.newBuilder()
                      .addRecords(
                          Records.create(
                              InodeRow.ROOT_ID, "fenced", row(nextId, true, millis, "x"), millis)))
              .build();
      return new LogEntry(term, index++, fenced);
    }
    if (dice < 8) {
      PlannedOperation check =
          PlannedOperation.newBuilder()
              .addRecords(
                  JournalRecord.newBuilder()
                      .setCheckState(CheckState.newBuilder().setCheckId(index)))
              .build();
      return new LogEntry(term, index++, entry(List.of(check), true));
    }
    List<PlannedOperation> operations = new ArrayList<>();
    int count = random.nextInt(1, 7);
    for (int i = 0; i < count; i++) {
      operations.add(nextOperation());
    }
    return new LogEntry(term, index++, entry(operations, false));
  }

  private JournalEntry entry(List<PlannedOperation> operations, boolean checksState) {
    return JournalEntry.newBuilder()
        .setFormat(FormatVersion.ENTRY)
        .setPlannedTerm(term)
        .setClusterMillis(millis)
        .addAllOperations(operations)
        .setChecksState(checksState)
        .build();
  }

  /** One operation that is valid behind all earlier ones. */
  public PlannedOperation nextOperation() {
    PlannedOperation.Builder operation = PlannedOperation.newBuilder();
    if (random.nextInt(3) > 0) {
      int client = random.nextInt(answered.length);
      operation.setAnswer(
          OperationAnswer.newBuilder()
              .setClient(client + 1)
              .setSequence(answered[client]++)
              .setMintedMillis(millis)
              .setUser("u")
              .setRequestDigest(ByteString.copyFrom(new byte[16]))
              .setDone(ByteString.copyFromUtf8("done")));
    }
    int records = random.nextInt(1, 4);
    for (int i = 0; i < records; i++) {
      plan().forEach(operation::addRecords);
    }
    return operation.build();
  }

  private List<JournalRecord> plan() {
    int dice = random.nextInt(100);
    if (dice < 33) {
      return create();
    } else if (dice < 38) {
      return createMany();
    } else if (dice < 48) {
      return update();
    } else if (dice < 56) {
      return delete();
    } else if (dice < 66) {
      return rename();
    } else if (dice < 71) {
      return detach();
    } else if (dice < 78) {
      return reclaim();
    } else if (dice < 80) {
      return List.of(task());
    } else if (dice < 88) {
      return List.of(mark());
    }
    return switch (dice) {
      case 88, 89, 90 -> policy();
      case 91, 92 -> mount();
      case 93, 94 -> intent();
      case 95, 96 -> List.of(expire());
      case 97 -> List.of(reserve());
      case 98 ->
          List.of(
              JournalRecord.newBuilder()
                  .setSetFormatLevel(SetFormatLevel.newBuilder().setLevel(FormatVersion.LEVEL))
                  .build());
      default ->
          List.of(
              JournalRecord.newBuilder()
                  .setStateVerdict(StateVerdict.newBuilder().setIndex(index).setHash("00"))
                  .build());
    };
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private long parentMillis() {
    return random.nextInt(4) == 0 ? 0 : millis + random.nextInt(100) - 50;
  }

  /** Many entries of one directory by one record, as a sync makes them. */
  private List<JournalRecord> createMany() {
    Node parent = any(directories);
    TreeSet<String> names = new TreeSet<>(BY_BYTES);
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      names.add(any(List.of(NAMES)) + random.nextInt(80));
    }
    names.removeAll(parent.children.keySet());
    if (names.isEmpty()) {
      return List.of();
    }
    List<byte[]> ascending = new ArrayList<>();
    List<byte[]> rows = new ArrayList<>();
    for (String name : names) {
      Node node = add(parent, name);
      ascending.add(name.getBytes(StandardCharsets.UTF_8));
      rows.add(row(node.id, node.directory, millis, "o"));
    }
    return List.of(Records.create(parent.id, ascending, rows, parentMillis()));
  }

  private Node add(Node parent, String name) {
    boolean directory = random.nextInt(3) == 0;
    Node node = new Node(nextId++, directory, parent, name);
    parent.children.put(name, node);
    (directory ? directories : files).add(node);
    return node;
  }

  private List<JournalRecord> create() {
    Node parent = any(directories);
    String name = any(List.of(NAMES)) + (random.nextBoolean() ? "" : random.nextInt(50));
    if (parent.children.containsKey(name)) {
      return List.of();
    }
    Node node = add(parent, name);
    return List.of(
        Records.create(parent.id, name, row(node.id, node.directory, millis, "o"), parentMillis()));
  }

  private Node anyInode() {
    boolean file = !files.isEmpty() && random.nextBoolean();
    return file ? any(files) : any(directories);
  }

  private List<JournalRecord> update() {
    Node node = anyInode();
    long parent = node.parent == null ? InodeRow.ROOT_PARENT_ID : node.parent.id;
    byte[] row = row(node.id, node.directory, millis - random.nextInt(1000), "u" + millis % 7);
    return List.of(Records.update(parent, node.name, node.id, row));
  }

  private List<JournalRecord> delete() {
    Node node = anyInode();
    if (node.parent == null || !node.children.isEmpty()) {
      return List.of();
    }
    List<JournalRecord> records = dropPolicies(node);
    node.parent.children.remove(node.name);
    (node.directory ? directories : files).remove(node);
    if (node.directory) {
      gone.add(node.id);
    }
    records.add(Records.delete(node.parent.id, node.name, node.id, parentMillis()));
    return records;
  }

  private List<JournalRecord> dropPolicies(Node node) {
    List<JournalRecord> records = new ArrayList<>();
    for (String path : policiesUnder(node.path())) {
      policies.remove(path);
      records.add(Records.removePolicy(path));
    }
    return records;
  }

  private List<String> policiesUnder(String path) {
    return policies.stream().filter(p -> p.equals(path) || p.startsWith(path + "/")).toList();
  }

  private List<JournalRecord> rename() {
    Node node = anyInode();
    Node target = any(directories);
    String name = any(List.of(NAMES)) + random.nextInt(50);
    for (Node up = target; up != null; up = up.parent) {
      if (up == node) {
        return List.of();
      }
    }
    if (node.parent == null || target.children.containsKey(name)) {
      return List.of();
    }
    RenameInode.Builder rename =
        Records.rename(
                node.parent.id,
                node.name,
                target.id,
                name,
                node.id,
                row(node.id, node.directory, millis, "r"))
            .setParentMillis(parentMillis());
    String from = node.path();
    List<String> moved = policiesUnder(from);
    node.parent.children.remove(node.name);
    node.parent = target;
    node.name = name;
    target.children.put(name, node);
    for (String path : moved) {
      String to = node.path() + path.substring(from.length());
      policies.remove(path);
      policies.add(to);
      rename.addPolicies(PolicyMove.newBuilder().setFrom(path).setTo(to));
    }
    return List.of(Records.of(rename));
  }

  private List<JournalRecord> detach() {
    Node node = any(directories);
    if (node.parent == null) {
      return List.of();
    }
    List<JournalRecord> records = dropPolicies(node);
    node.parent.children.remove(node.name);
    records.add(Records.detach(node.parent.id, node.name, node.id, parentMillis()));
    forget(node);
    detached.add(node);
    return records;
  }

  private void forget(Node node) {
    (node.directory ? directories : files).remove(node);
    if (node.directory) {
      gone.add(node.id);
    }
    node.children.values().forEach(this::forget);
  }

  private List<JournalRecord> reclaim() {
    if (detached.isEmpty()) {
      return List.of();
    }
    Node node = any(detached);
    ReclaimDetached.Builder reclaim = ReclaimDetached.newBuilder().setId(node.id);
    List<Node> range = new ArrayList<>(node.children.values());
    if (range.size() > 1 && random.nextBoolean()) {
      Node to = range.get(random.nextInt(range.size()));
      reclaim.setToName(ByteString.copyFromUtf8(to.name));
      range = new ArrayList<>(node.children.headMap(to.name, false).values());
    } else {
      detached.remove(node);
    }
    for (Node child : range) {
      node.children.remove(child.name);
      if (child.directory) {
        reclaim.addDetachedIds(child.id);
        detached.add(child);
      }
    }
    return List.of(JournalRecord.newBuilder().setReclaimDetached(reclaim).build());
  }

  private JournalRecord mark() {
    long at = index - random.nextInt(5);
    int dice = random.nextInt(4);
    if (dice == 0) {
      Node node = anyInode();
      long parent = node.parent == null ? InodeRow.ROOT_PARENT_ID : node.parent.id;
      long id = random.nextInt(5) == 0 ? node.id + 1 : node.id;
      return Records.selfMark(parent, node.name, id, millis, at);
    }
    long directory = gone.isEmpty() || random.nextInt(4) > 0 ? any(directories).id : any(gone);
    PutSyncMark.Depth depth =
        dice == 1
            ? PutSyncMark.Depth.CHILDREN
            : dice == 2 ? PutSyncMark.Depth.ALL : PutSyncMark.Depth.INVALIDATED;
    return Records.mark(depth, directory, millis, at);
  }

  private List<JournalRecord> policy() {
    if (!policies.isEmpty() && random.nextInt(3) == 0) {
      String path = any(List.copyOf(policies));
      policies.remove(path);
      return List.of(Records.removePolicy(path));
    }
    Node node = any(directories);
    String path = node.parent == null ? "/" : node.path();
    policies.add(path);
    return List.of(
        Records.of(
            PutPolicy.newBuilder()
                .setPath(path)
                .addProperties(StoreOption.newBuilder().setName("k").setValue("v" + index))
                .build()));
  }

  private List<JournalRecord> mount() {
    if (!mounts.isEmpty() && random.nextInt(3) == 0) {
      long id = any(List.copyOf(mounts.keySet()));
      mounts.remove(id);
      return List.of(Records.removeMount(id));
    }
    long id = nextMount++;
    mounts.put(id, "/mnt" + id);
    return List.of(
        Records.of(
            PutMount.newBuilder()
                .setMountId(id)
                .setPath("/mnt" + id)
                .setStoreUri("file:///srv/" + id)
                .setRootIdentity("root-" + id)
                .setMountedMillis(millis)
                .build()));
  }

  private List<JournalRecord> intent() {
    if (!intents.isEmpty() && random.nextBoolean()) {
      Map.Entry<Long, Long> oldest = intents.pollFirstEntry();
      return List.of(Records.closeIntent(oldest.getValue(), oldest.getKey()));
    }
    long sequence = nextIntent++;
    intents.put(sequence, 9L);
    return List.of(
        Records.of(
            OpenIntent.newBuilder()
                .setClient(9)
                .setSequence(sequence)
                .setKind("MKDIR")
                .addPaths("/mnt1/x")
                .setOpenedMillis(millis)
                .build()));
  }

  private JournalRecord task() {
    int dice = tasks.isEmpty() ? 0 : random.nextInt(3);
    if (dice == 0) {
      long id = nextTask++;
      String path = any(directories).path();
      tasks.put(id, path);
      return Records.of(task(id, path, PutTask.State.RUNNING).build());
    }
    long id = any(List.copyOf(tasks.keySet()));
    if (dice == 1) {
      return Records.of(
          task(id, tasks.get(id), PutTask.State.DONE)
              .setStartIndex(id)
              .setEndedMillis(millis)
              .build());
    }
    tasks.remove(id);
    return Records.removeTask(id);
  }

  private PutTask.Builder task(long id, String path, PutTask.State state) {
    return PutTask.newBuilder()
        .setTaskId(id)
        .setPath(path.isEmpty() ? "/" : path)
        .setUser("u")
        .setState(state)
        .setStartMillis(millis);
  }

  private JournalRecord expire() {
    int client = random.nextInt(answered.length);
    long below = expired[client] + random.nextLong(answered[client] - expired[client] + 1);
    ExpireOperations.Builder expire =
        ExpireOperations.newBuilder()
            .addClients(
                ExpireOperations.Client.newBuilder()
                    .setClient(client + 1)
                    .setBelow(below)
                    .setCount(below - expired[client]));
    expired[client] = below;
    return JournalRecord.newBuilder().setExpireOperations(expire).build();
  }

  private JournalRecord reserve() {
    nextId += random.nextInt(10);
    return JournalRecord.newBuilder()
        .setReserveInodeIds(ReserveInodeIds.newBuilder().setNext(nextId))
        .build();
  }
}

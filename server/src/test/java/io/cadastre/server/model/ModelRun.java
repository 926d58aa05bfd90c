package io.cadastre.server.model;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.cadastre.client.Answer;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Page;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.ReportLine;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.ErrorCode.Retry;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import io.cadastre.server.model.Step.Trouble;
import io.cadastre.server.model.Step.Via;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * One scenario on a cluster of its own: does step after step, beside the faults, and holds every
 * answer against the plain namespace. Between two steps nothing is on its way but faults.
 */
final class ModelRun implements AutoCloseable {
  private static final long PATIENCE_NANOS = SECONDS.toNanos(90);
  private static final int STEPS_BETWEEN_LISTINGS = 200;
  private static final int STEPS_BETWEEN_CHECKS = 1_000;

  private static final int PAGE_ENTRIES = 37;

  /** How long a caller waits who is made to give up. */
  private static final int GIVEN_UP_MILLIS = 250;

  private final Scenario scenario;
  private final Invariants invariants = new Invariants();
  private final History history = new History();
  private final Namespace namespace = Scenario.initial();
  private final Map<StoreModel, MemoryStore> stores = new LinkedHashMap<>();
  private final Cluster cluster;
  private final MetadataClient client;
  private final OwnCalls own;
  private final Faults faults;

  ModelRun(Scenario scenario, Path directory, PlantedBug bug) {
    this.scenario = scenario;
    for (StoreModel store : namespace.stores.values()) {
      String name =
          "model-" + scenario.seed() + "-" + System.nanoTime() + store.mountPoint.substring(1);
      stores.put(store, MemoryStore.named(name).clock(() -> store.nowMillis));
    }
    this.cluster = new Cluster(directory, bug);
    this.client = cluster.client();
    this.own = new OwnCalls(cluster.addresses(), scenario.seed() | 1L << 40, history::note);
    this.faults = new Faults(cluster, client, history);
  }

  Invariants invariants() {
    return invariants;
  }

  History history() {
    return history;
  }

  Map<Fault.Kind, Integer> faults() {
    return faults.done();
  }

  /**
   * Runs all of it.
   *
   * @param failures where the history goes if an invariant does not hold
   */
  void run(Path failures) {
    int number = 0;
    try {
      mountStores();
      for (Step step : scenario.steps()) {
        Fault fault = scenario.faults().get(number);
        if (fault != null) {
          faults.begin(fault);
        }
        stores.keySet().forEach(store -> store.nowMillis += 1_000);
        history.note("#" + number + " " + step);
        step(step);
        number++;
        if (number % STEPS_BETWEEN_LISTINGS == 0) {
          checkTree();
        }
        if (number % STEPS_BETWEEN_CHECKS == 0) {
          checkAtRest();
        }
      }
      checkTree();
      checkAtRest();
    } catch (AssertionError | RuntimeException e) {
      history.note("FAILED at step " + number + ": " + e);
      cluster.halted.forEach(halt -> history.note("halted: " + halt));
      Path saved = history.save(failures, scenario, e.toString());
      throw new AssertionError(
          "seed "
              + scenario.seed()
              + ", step "
              + number
              + ": "
              + e.getMessage()
              + "\n  history: "
              + saved,
          e);
    }
  }

  private void mountStores() {
    for (Map.Entry<StoreModel, MemoryStore> store : stores.entrySet()) {
      client.mount(
          store.getKey().mountPoint,
          store.getValue().uri(),
          MountOptions.DEFAULT.withWritable(store.getKey().writable));
    }
    adopt("/", namespace.root);
    for (StoreModel store : stores.keySet()) {
      adopt(store.mountPoint, namespace.find(store.mountPoint));
    }
  }

  /** What the cluster makes by itself at the start. */
  private void adopt(String path, Inode node) {
    FileStatus status = client.getStatus(path).value();
    invariants.knownId(node, status.getId());
    node.owner = status.getOwner();
    node.group = status.getGroup();
    node.mode = status.getMode();
  }

  private void step(Step step) {
    if (step instanceof Step.Mutate mutate) {
      mutate(mutate);
    } else if (step instanceof Step.Repeat repeat) {
      repeat(repeat);
    } else if (step instanceof Step.ReuseId reuse) {
      reuse(reuse);
    } else if (step instanceof Step.Read read) {
      read(read);
    } else if (step instanceof Step.Load load) {
      load(load);
    } else if (step instanceof Step.Burst burst) {
      burst(burst);
    } else if (step instanceof Step.Race race) {
      race(race);
    } else if (step instanceof Step.Outside outside) {
      outside(outside.change());
    } else if (step instanceof Step.GivenUp givenUp) {
      givenUp(givenUp);
    }
    checkHalted();
  }

  private void checkHalted() {
    invariants.check(
        Invariant.MASTERS, cluster.halted.isEmpty(), String.join("; ", cluster.halted));
  }

  // Mutations.

  /** The number that the condition of a change is about, by what is there now. */
  private long condition(Change change) {
    Inode node = namespace.find(change.path());
    if (node == null || change.condition() == Change.Condition.NONE) {
      return 0;
    }
    boolean right = change.condition() == Change.Condition.RIGHT;
    if (change instanceof Change.Attributes) {
      learn(change.path(), node, true);
      return right ? node.changeIndex : node.changeIndex + 1_000_000;
    }
    learn(change.path(), node, false);
    return right ? node.id : node.id + 1_000_000;
  }

  /** A condition needs a number that no answer may have told so far. */
  private void learn(String path, Inode node, boolean changeIndex) {
    if (node.id == 0 || (changeIndex && !node.changeIndexKnown)) {
      invariants.matches(path, node, client.getStatus(path).value(), fingerprint(path, node));
    }
  }

  /** As an answer that can be compared, whichever way it came. */
  private static OwnCalls.Answer answer(CompletableFuture<Answer<Done>> future) {
    try {
      Answer<Done> answer = future.get(PATIENCE_NANOS, java.util.concurrent.TimeUnit.NANOSECONDS);
      return new OwnCalls.Answer(
          Optional.empty(),
          answer.value(),
          answer.served().stateIndex(),
          "done, inode "
              + answer.value().getInodeId()
              + " at "
              + answer.served().stateIndex()
              + " by "
              + answer.served().node()
              + " in term "
              + answer.served().term());
    } catch (ExecutionException e) {
      MetadataException cause = (MetadataException) e.getCause();
      return new OwnCalls.Answer(
          Optional.of(cause.code()),
          Done.getDefaultInstance(),
          0,
          cause.code() + ": " + cause.getMessage());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private OwnCalls.Answer byClient(Change change, long condition) {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      OwnCalls.Answer answer = answer(client.submit(Requests.operation(change, condition)));
      // A store is asked through a leader: when that one goes, the store seems not to answer.
      if (!answer.refusal().equals(Optional.of(ErrorCode.STORE_UNAVAILABLE))
          || System.nanoTime() - giveUp >= 0) {
        return answer;
      }
      history.note("   again: " + answer.text());
    }
  }

  private void mutate(Step.Mutate step) {
    long condition = condition(step.change());
    Verdict verdict = namespace.apply(step.change());
    OwnCalls.Answer answer;
    if (step.via() == Via.CLIENT) {
      answer =
          verdict.storeDisagrees()
              ? answer(client.submit(Requests.operation(step.change(), condition)))
              : byClient(step.change(), condition);
      accept(step.change(), verdict, answer, false);
      return;
    }
    CallRequest request = own.identified(step.change().request(condition));
    CompletableFuture<OwnCalls.Answer> other =
        step.via() == Via.TOGETHER
            ? CompletableFuture.supplyAsync(() -> settle(verdict, request))
            : null;
    answer = settle(verdict, request);
    OwnCalls.Answer second =
        other != null ? other.join() : step.via() == Via.TWICE ? settle(verdict, request) : null;
    accept(step.change(), verdict, answer, false);
    if (second != null) {
      sameAnswer(verdict, answer, second);
    }
    if (verdict.stored()) {
      own.remember(request, answer);
    }
  }

  private OwnCalls.Answer settle(Verdict verdict, CallRequest request) {
    return verdict.storeDisagrees() ? own.settleOrUnavailable(request) : own.settle(request);
  }

  private void sameAnswer(Verdict verdict, OwnCalls.Answer first, OwnCalls.Answer second) {
    history.note("   again -> " + second.text());
    boolean same =
        verdict.stored()
            ? second.refusal().isEmpty()
                && second.done().getInodeId() == first.done().getInodeId()
                && second.stateIndex() == first.stateIndex()
            : verdict.matches(second.refusal());
    invariants.check(Invariant.ONCE, same, "first " + first.text() + ", then " + second.text());
  }

  /** Holds an answer against what the namespace says it must be. */
  private void accept(Change change, Verdict verdict, OwnCalls.Answer answer, boolean concurrent) {
    history.note("   -> " + answer.text());
    invariants.check(
        Invariant.ANSWERS,
        verdict.matches(answer.refusal()),
        change + ": expected " + verdict + ", answered " + answer.text());
    if (!verdict.ok()) {
      return;
    }
    String what = change.toString();
    invariants.hasId(verdict.target(), answer.done().getInodeId(), what);
    if (concurrent) {
      invariants.answeredBy(answer.stateIndex());
    } else {
      invariants.answeredAt(answer.stateIndex(), verdict.stored(), what);
    }
    for (Inode touched : verdict.touched()) {
      invariants.changedAt(touched, answer.stateIndex(), concurrent, what);
    }
  }

  private void repeat(Step.Repeat step) {
    OwnCalls.Sent sent = own.stored(step.back());
    OwnCalls.Answer again = own.settle(sent.request());
    history.note("   -> " + again.text());
    invariants.check(
        Invariant.ONCE,
        again.refusal().isEmpty()
            && again.done().getRepeated()
            && again.done().getInodeId() == sent.answer().done().getInodeId()
            && again.stateIndex() == sent.answer().stateIndex(),
        "first " + sent.answer().text() + ", then " + again.text());
  }

  private void reuse(Step.ReuseId step) {
    OwnCalls.Answer answer = own.settle(own.reusing(step.change().request(0)));
    history.note("   -> " + answer.text());
    invariants.check(
        Invariant.ONCE,
        answer.refusal().equals(Optional.of(ErrorCode.OPERATION_ID_REUSED)),
        "another request under an id that was used: " + answer.text());
  }

  private void burst(Step.Burst step) {
    List<Verdict> verdicts = new ArrayList<>();
    List<Long> conditions = new ArrayList<>();
    for (Change change : step.changes()) {
      conditions.add(condition(change));
    }
    for (Change change : step.changes()) {
      verdicts.add(namespace.apply(change));
    }
    CompletableFuture<Void> sync =
        step.synced().isEmpty()
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.runAsync(
                () -> loadUntilClean(new Step.Load(step.synced(), true, true, Trouble.NONE, "")));
    List<CompletableFuture<Answer<Done>>> futures = new ArrayList<>();
    for (int i = 0; i < step.changes().size(); i++) {
      futures.add(client.submit(Requests.operation(step.changes().get(i), conditions.get(i))));
    }
    for (int i = 0; i < futures.size(); i++) {
      OwnCalls.Answer answer = answer(futures.get(i));
      if (answer.refusal().equals(Optional.of(ErrorCode.STORE_UNAVAILABLE))
          && !verdicts.get(i).storeDisagrees()) {
        answer = byClient(step.changes().get(i), conditions.get(i));
      }
      history.note("   " + step.changes().get(i));
      accept(step.changes().get(i), verdicts.get(i), answer, true);
    }
    sync.join();
    if (!step.synced().isEmpty()) {
      forgetChangeIndexes(namespace.find(step.synced()));
    }
  }

  private static void forgetChangeIndexes(Inode node) {
    node.changeIndexKnown = false;
    if (node.directory) {
      node.children.values().forEach(ModelRun::forgetChangeIndexes);
    }
  }

  private void race(Step.Race step) {
    mutate(new Step.Mutate(new Change.MakeDirectory(step.directory(), false, 0755), Via.CLIENT));
    if (step.withFile()) {
      Change file = new Change.MakeFile(Paths.child(step.directory(), "x"), false, true);
      mutate(new Step.Mutate(file, Via.CLIENT));
    }
    List<CompletableFuture<Answer<Done>>> futures = new ArrayList<>();
    for (Change change : step.changes()) {
      futures.add(client.submit(Requests.operation(change, 0)));
    }
    List<OwnCalls.Answer> answers = futures.stream().map(ModelRun::answer).toList();
    for (int i = 0; i < answers.size(); i++) {
      history.note("   " + step.changes().get(i) + " -> " + answers.get(i).text());
      if (answers.get(i).refusal().isEmpty()) {
        invariants.answeredBy(answers.get(i).stateIndex());
      }
    }
    Map<String, FileStatus> after = known(step.directory(), false);
    invariants.check(
        Invariant.SERIALISATION,
        Serialisation.exists(namespace.copyWithoutStores(), step, answers, after),
        step + " came to " + after.keySet());
    Inode directory = namespace.find(step.directory());
    directory.changeIndexKnown = false;
    long id = client.getStatus(step.directory()).value().getId();
    invariants.hasId(directory, id, step.directory());
    // Whatever is in it by now: only the directory itself is known to the plain namespace.
    mutate(
        new Step.Mutate(
            new Change.Remove(step.directory(), true, false, Change.Condition.NONE), Via.CLIENT));
  }

  /** A caller gives up; its operation goes on, and its locks stay. */
  private void givenUp(Step.GivenUp step) {
    faults.settle();
    StoreModel store = namespace.storeOf(step.slow().path());
    MemoryStore memory = stores.get(store);
    CallRequest slow = own.identified(step.slow().request(0));
    int leader = cluster.leader();
    Gate gate =
        memory
            .faults()
            .on(StoreOperation.CREATE_DIRECTORY, StoreOperation.RENAME)
            .at(store.storePath(step.slow().path()))
            .pause();
    try {
      own.findLeader(leader);
      OwnCalls.Answer given = own.once(slow, GIVEN_UP_MILLIS);
      history.note("   given up: " + given.text());
      // On a busy machine the time may be over before the store is asked; then nothing was begun.
      if (given.refusal().equals(Optional.of(ErrorCode.OUTCOME_UNKNOWN)) && gate.hasArrival()) {
        own.findLeader(leader);
        isKeptOut(step, own.once(own.identified(step.second().request(0)), GIVEN_UP_MILLIS));
      }
    } finally {
      memory.faults().clear();
      gate.release();
    }
    Verdict verdict = namespace.apply(step.slow());
    accept(step.slow(), verdict, own.settle(slow), false);
  }

  private void isKeptOut(Step.GivenUp step, OwnCalls.Answer second) {
    history.note("   the second: " + second.text());
    if (!second.refusal().map(ErrorCode::retry).equals(Optional.of(Retry.ELSEWHERE))) {
      invariants.check(
          Invariant.LOCKS_STAY,
          second.refusal().equals(Optional.of(ErrorCode.LOCK_TIMEOUT))
              || second.refusal().equals(Optional.of(ErrorCode.DEADLINE_EXCEEDED)),
          step.second() + " while " + step.slow() + " goes on: " + second.text());
    }
  }

  // Reads and syncs.

  private static ReadOptions options(Freshness freshness) {
    return switch (freshness) {
      case KNOWN -> ReadOptions.DEFAULT;
      case LOAD_MISSING -> ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS);
      case NOW -> ReadOptions.DEFAULT.withSyncIntervalMillis(0);
    };
  }

  private void read(Step.Read step) {
    Effects.read(namespace, step);
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    ReadOptions options = options(step.freshness());
    while (true) {
      try {
        ask(step, options);
        return;
      } catch (MetadataException e) {
        boolean again = isPassing(e.code()) && System.nanoTime() - giveUp < 0;
        if (!again) {
          refusedRead(step, e);
          return;
        }
        history.note("   again: " + e.getMessage());
      }
    }
  }

  private void refusedRead(Step.Read step, MetadataException e) {
    boolean listing = step.question() == Question.LIST || step.question() == Question.TREE;
    ErrorCode wanted = namespace.refusalOfRead(step.path(), listing);
    history.note("   -> " + e.code() + ": " + e.getMessage());
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
        Answer<FileStatus> answer = client.getStatus(path, options);
        found(step, wanted);
        invariants.answeredAt(answer.served().stateIndex(), false, step.toString());
        invariants.matches(path, wanted, answer.value(), fingerprint(path, wanted));
      }
      case EXISTS -> {
        Answer<Boolean> answer = client.exists(path, options);
        invariants.answeredAt(answer.served().stateIndex(), false, step.toString());
        invariants.check(
            Invariant.ANSWERS,
            answer.value() == (wanted != null),
            step + ": answered " + answer.value());
      }
      case COUNT -> {
        CountResult count = client.count(path, options).value();
        found(step, wanted);
        long[] counts = wanted.count();
        invariants.check(
            Invariant.ANSWERS,
            count.getFiles() == counts[0]
                && count.getDirectories() == counts[1]
                && count.getBytes() == counts[2],
            step + ": expected " + java.util.Arrays.toString(counts) + ", answered " + count);
      }
      case LIST -> compare(path, wanted, step, list(path, false, options, step.pageEntries()));
      case TREE -> compare(path, wanted, step, list(path, true, options, step.pageEntries()));
    }
  }

  private void found(Step.Read step, Inode wanted) {
    invariants.check(Invariant.ANSWERS, wanted != null, step + ": answered, but nothing is there");
  }

  /** Entries by path, from all pages. */
  private Map<String, FileStatus> list(
      String path, boolean recursive, ReadOptions read, int pageEntries) {
    Map<String, FileStatus> found = new LinkedHashMap<>();
    ListOptions options =
        ListOptions.DEFAULT.withRecursive(recursive).withRead(read).withPageEntries(pageEntries);
    try (ListStream pages = client.list(path, options)) {
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

  /** What is known below a directory that is there, whoever leads by then. */
  private Map<String, FileStatus> known(String path, boolean recursive) {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        return list(path, recursive, ReadOptions.DEFAULT, PAGE_ENTRIES);
      } catch (MetadataException e) {
        history.note("   again: " + e.getMessage());
        boolean again = isPassing(e.code()) && System.nanoTime() - giveUp < 0;
        invariants.check(Invariant.ANSWERS, again, "listing of " + path + ": " + e.getMessage());
      }
    }
  }

  /** Whether an error may be gone when the cluster has a leader again. */
  private static boolean isPassing(ErrorCode code) {
    return code.fault() == ErrorCode.Fault.CLUSTER
        || code == ErrorCode.STORE_UNAVAILABLE
        || code == ErrorCode.VIEW_EXPIRED;
  }

  private void compare(String path, Inode wanted, Step step, Map<String, FileStatus> found) {
    invariants.check(
        Invariant.ANSWERS, wanted != null && wanted.directory, step + ": answered with a listing");
    Map<String, Inode> expected = new LinkedHashMap<>();
    collect(
        path, wanted, step instanceof Step.Read read && read.question() == Question.LIST, expected);
    compare("listing of " + path, expected, found);
  }

  private static void collect(
      String path, Inode directory, boolean flat, Map<String, Inode> expected) {
    for (Map.Entry<String, Inode> child : directory.children.entrySet()) {
      String at = Paths.child(path, child.getKey());
      expected.put(at, child.getValue());
      if (!flat && child.getValue().directory) {
        collect(at, child.getValue(), false, expected);
      }
    }
  }

  private void compare(String what, Map<String, Inode> expected, Map<String, FileStatus> found) {
    List<String> wantedPaths = List.copyOf(expected.keySet());
    List<String> foundPaths = List.copyOf(found.keySet());
    if (!wantedPaths.equals(foundPaths)) {
      List<String> missing = new ArrayList<>(wantedPaths);
      missing.removeAll(foundPaths);
      List<String> more = new ArrayList<>(foundPaths);
      more.removeAll(wantedPaths);
      invariants.check(
          Invariant.LISTINGS,
          false,
          what
              + ": missing "
              + missing
              + ", not expected "
              + more
              + (missing.isEmpty() && more.isEmpty() ? ", in another order" : ""));
    }
    expected.forEach(
        (path, inode) ->
            invariants.matches(path, inode, found.get(path), fingerprint(path, inode)));
  }

  /** The store's own fingerprint, if the store has at the path what is known there. */
  private String fingerprint(String path, Inode wanted) {
    StoreModel store = namespace.storeOf(path);
    if (wanted == null || wanted.stamp == 0 || store == null || path.equals(store.mountPoint)) {
      return null;
    }
    Inode there = store.find(path);
    if (there == null || there.stamp != wanted.stamp) {
      return null;
    }
    UfsStatus status = stores.get(store).peek(store.storePath(path));
    return status == null ? null : status.fingerprint();
  }

  private void load(Step.Load step) {
    Map<String, Inode> before = new HashMap<>();
    if (step.trouble() != Trouble.NONE) {
      collect(step.path(), namespace.find(step.path()), false, before);
    }
    Effects.load(namespace, step);
    StoreModel store = namespace.storeOf(step.path());
    MemoryStore memory = stores.get(store);
    trouble(step, store, memory);
    try {
      loadUntilClean(step);
    } finally {
      memory.faults().clear();
      memory.setGone(false);
      if (step.trouble() == Trouble.UNREADABLE) {
        memory.setUnreadable(store.storePath(step.troubled()), null);
      }
    }
    if (step.trouble() != Trouble.NONE) {
      nothingGone(step, before);
    }
  }

  /** What lies in the troubled part is known as before. */
  private void nothingGone(Step.Load step, Map<String, Inode> before) {
    Map<String, FileStatus> after = known(namespace.storeOf(step.path()).mountPoint, true);
    for (Map.Entry<String, Inode> entry : before.entrySet()) {
      boolean inTrouble =
          step.trouble() == Trouble.GONE || Paths.isUnder(entry.getKey(), step.troubled());
      if (inTrouble) {
        FileStatus status = after.get(entry.getKey());
        invariants.check(
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
  private void loadUntilClean(Step.Load step) {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    LoadOptions options =
        LoadOptions.DEFAULT.withRecursive(step.recursive()).withForce(step.force());
    while (true) {
      String text;
      try {
        LoadMetadataProgress progress = client.loadMetadata(step.path(), options, message -> {});
        if (progress.getFailuresList().stream().allMatch(failure -> explained(step, failure))) {
          history.note(
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
            && e.code() == namespace.refusalOfRead(step.path(), false)) {
          history.note("   -> " + e.code());
          return;
        }
        text = e.code() + ": " + e.getMessage();
      }
      history.note("   again: " + text);
      invariants.check(
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

  private void outside(OutsideChange change) {
    StoreModel store = namespace.storeOf(change.path());
    MemoryStore memory = stores.get(store);
    store.apply(change);
    String at = store.storePath(change.path());
    if (change instanceof OutsideChange.Write write) {
      memory.write(at, write.size());
    } else if (change instanceof OutsideChange.MakeDirectories) {
      memory.mkdirs(at);
    } else if (change instanceof OutsideChange.Erase) {
      memory.remove(at);
    } else if (change instanceof OutsideChange.Relocate move) {
      memory.move(at, store.storePath(move.destination()));
    } else if (change instanceof OutsideChange.Chmod chmod) {
      memory.attributes(at, null, null, chmod.mode());
    }
  }

  // Looking at everything.

  private void checkTree() {
    history.note("   all is listed");
    Map<String, Inode> expected = new LinkedHashMap<>();
    collect("/", namespace.root, false, expected);
    compare("listing of /", expected, known("/", true));
  }

  /** All members up, nothing on its way. */
  private void checkAtRest() {
    faults.heal();
    checkReplicas();
    checkStores();
    checkNothingLeft();
    checkHalted();
  }

  private void checkReplicas() {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      String verdict;
      try {
        CheckStateResult result = client.admin().checkState();
        verdict = result.getVerdict();
        history.note("   state " + verdict + " at index " + result.getIndex());
        if (!verdict.equals("INCOMPLETE")) {
          invariants.check(Invariant.REPLICAS, verdict.equals("EQUAL"), result.toString());
          return;
        }
      } catch (MetadataException e) {
        verdict = e.getMessage();
      }
      invariants.check(Invariant.REPLICAS, System.nanoTime() - giveUp < 0, "no answer: " + verdict);
      checkHalted();
    }
  }

  private void checkStores() {
    for (Map.Entry<StoreModel, MemoryStore> entry : stores.entrySet()) {
      StoreModel store = entry.getKey();
      Map<String, Inode> expected = new LinkedHashMap<>();
      collect(store.mountPoint, store.root, false, expected);
      expected.forEach(
          (path, wanted) -> {
            UfsStatus found = entry.getValue().peek(store.storePath(path));
            invariants.check(
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
      invariants.check(
          Invariant.STORES,
          files == expected.size(),
          store.mountPoint + ": expected " + expected.size() + " entries, found " + files);
    }
  }

  private void checkNothingLeft() {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    List<String> left = left();
    // A mark or an expiry may just be on its way, and the leader may just change.
    while (!left.isEmpty() && System.nanoTime() - giveUp < 0) {
      left = left();
    }
    invariants.check(Invariant.NOTHING_LEFT, left.isEmpty(), left.toString());
  }

  /** What the leader holds; a line too if nobody says so. */
  private List<String> left() {
    List<String> left = new ArrayList<>();
    int counts = 0;
    try {
      String leader = cluster.address(cluster.leader());
      for (ReportLine line : client.admin().report(leader).getLinesList()) {
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

  @Override
  public void close() {
    faults.close();
    own.close();
    client.close();
    cluster.close();
    stores.values().forEach(store -> MemoryStore.forget(store.uri().split("/", -1)[2]));
  }
}

package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.apply.TermFence;
import io.cadastre.journal.store.RocksInodeStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the replicated journal: the Ratis server, the applier and the store behind it.
 * Entries go in through {@link #submit} on the leader and come out of the {@link ApplyEngine} on
 * every member. Thread-safe.
 *
 * <p>The only way to know what became of a submitted entry is its {@link PendingEntry}; the future
 * of {@link #submit} says only why it may never come.
 */
public final class RaftJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RaftJournal.class);
  private static final long ADMIN_TIMEOUT_MILLIS = 60_000;

  /** Longer than Ratis' own request timeout between servers (3 s). */
  private static final long HANDOVER_GRACE_MILLIS = 4_000;

  private final RaftSettings settings;
  private final RocksInodeStore store;
  private final ApplyEngine engine;
  private final RoleManager roles;
  private final LeaseClock lease;
  private final MetadataStateMachine stateMachine;
  private final RaftServer server;
  private final RaftGroupId groupId;
  private final RaftPeerId selfId;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();
  private final AtomicLong appliedBytes = new AtomicLong();
  private final SnapshotTrigger trigger;
  private final UnreachableServices unreachable = new UnreachableServices();
  private volatile RaftServer.Division division;
  private volatile boolean transferring;

  /**
   * Builds the node; {@link #start()} starts it. The store stays the caller's, who closes it last.
   *
   * @throws MetadataException CORRUPT if the store and the log do not fit together, or the log
   *     cannot be read; UNSUPPORTED if a newer release wrote the store
   */
  public RaftJournal(
      RaftSettings settings,
      RocksInodeStore store,
      ApplyMetrics applyMetrics,
      LeadershipListener listener,
      FatalHandler fatal) {
    this(settings, store, applyMetrics, listener, fatal, new TermFence());
  }

  /**
   * As above, with this fence.
   *
   * @throws MetadataException as above
   */
  public RaftJournal(
      RaftSettings settings,
      RocksInodeStore store,
      ApplyMetrics applyMetrics,
      LeadershipListener listener,
      FatalHandler fatal,
      TermFence fence) {
    this.settings = settings;
    this.store = store;
    this.groupId = RaftGroupId.valueOf(UUID.fromString(settings.clusterId()));
    this.selfId = RaftPeerId.valueOf(settings.nodeName());
    List<String> members = settings.members().stream().map(RaftSettings.Member::name).toList();
    if (!members.contains(settings.nodeName())) {
      throw new MetadataException(
              ErrorCode.INVALID_ARGUMENT, "This master is not among the members of the cluster")
          .with("name", settings.nodeName());
    }
    StoreCheck.check(store, settings.clusterId());
    this.engine =
        new ApplyEngine(
            store,
            settings.nodeName(),
            new ApplyMetrics() {
              @Override
              public void batch(int entries, int operations, long bytes, long nanos) {
                appliedBytes.addAndGet(bytes);
                applyMetrics.batch(entries, operations, bytes, nanos);
              }

              @Override
              public void fenced() {
                applyMetrics.fenced();
              }
            },
            cause -> fatal.halt("The journal cannot be applied to the store", cause),
            fence);
    this.roles = new RoleManager(settings.nodeName(), listener, fatal);
    this.lease = new LeaseClock(settings.electionTimeoutMin().toMillis(), settings.lease());
    this.stateMachine =
        new MetadataStateMachine(members, store, engine, roles, applyMetrics, fatal);
    this.trigger = new SnapshotTrigger(this, settings);
    boolean built = false;
    try {
      LogCheck.check(settings.storageDirectory(), groupId.getUuid(), engine.applied());
      this.server = build();
      built = true;
    } catch (MetadataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw cannotStart(e);
    } finally {
      if (!built) {
        trigger.close();
        roles.close();
        engine.close();
        unreachable.close();
      }
    }
  }

  /** Ratis wraps what went wrong several times over; the user wants the innermost text. */
  private MetadataException cannotStart(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = root.getMessage() == null ? root.toString() : root.getMessage();
    if (root instanceof BindException) {
      return new MetadataException(
              ErrorCode.UNAVAILABLE, "Cannot listen on the Raft port: " + text, failure)
          .with("address", settings.bindAddress())
          .with("port", raftPort());
    }
    return new MetadataException(
            ErrorCode.CORRUPT,
            "Cannot open the Raft log: "
                + text
                + ". If a file is damaged, see \"Lost disk\" in docs/operations.md",
            failure)
        .with("directory", settings.storageDirectory());
  }

  private int raftPort() {
    return settings.members().stream()
        .filter(member -> member.name().equals(settings.nodeName()))
        .mapToInt(RaftSettings.Member::raftPort)
        .findFirst()
        .orElseThrow();
  }

  private RaftServer build() throws IOException {
    List<RaftPeer> peers = new ArrayList<>();
    for (RaftSettings.Member member : settings.members()) {
      peers.add(
          RaftPeer.newBuilder()
              .setId(RaftPeerId.valueOf(member.name()))
              .setAddress(member.raftAddress())
              .build());
    }
    Parameters parameters = new Parameters();
    CadastreRpcType.putLease(parameters, lease);
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, unreachable);
    return RaftServer.newBuilder()
        .setServerId(selfId)
        .setGroup(RaftGroup.valueOf(groupId, peers))
        .setProperties(RatisProperties.of(settings, raftPort()))
        .setParameters(parameters)
        .setStateMachine(stateMachine)
        .setOption(
            hasGroup(settings.storageDirectory())
                ? RaftStorage.StartupOption.RECOVER
                : RaftStorage.StartupOption.FORMAT)
        .build();
  }

  /** Whether a member's vote and log are in this directory. */
  public static boolean hasLog(Path directory) {
    return anyGroup(directory, group -> Files.exists(group.resolve("current/raft-meta")));
  }

  private static boolean hasGroup(Path directory) {
    return anyGroup(directory, Files::isDirectory);
  }

  private static boolean anyGroup(Path directory, Predicate<Path> test) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> groups = Files.list(directory)) {
      return groups.anyMatch(test);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for time to pass, and for nothing else. */
  private void outliveLeases() throws InterruptedIOException {
    long left = lease.millisToOutlive(ManagementFactory.getRuntimeMXBean().getUptime());
    if (left > 0) {
      try {
        Thread.sleep(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while a lease may still run");
      }
    }
  }

  /**
   * Opens the log, replays what the store lacks, and takes part in elections from here on; not
   * before the process has lived as long as a lease does, which it nearly always has. If this
   * fails, close the journal.
   *
   * @throws MetadataException CORRUPT if the log cannot be read, UNAVAILABLE if the port is taken
   */
  public void start() {
    try {
      outliveLeases();
      server.start();
      division = server.getDivision(groupId);
    } catch (IOException | RuntimeException e) {
      throw cannotStart(e);
    }
    trigger.start();
  }

  /** The applier: views to read, listeners to register. */
  public ApplyEngine engine() {
    return engine;
  }

  public RocksInodeStore store() {
    return store;
  }

  /** The term in which this node leads and has caught up, or 0. */
  public long leadingTerm() {
    return roles.leadingTerm();
  }

  /**
   * Name of the member that leads by what this node knows at this moment, itself included. Empty if
   * it knows of none, as while it stands for election: nobody is told when a leader is lost, so
   * that this must be asked and not remembered.
   */
  public String leader() {
    RaftPeerId leader = division == null ? null : division.getInfo().getLeaderId();
    return leader == null ? "" : leader.toString();
  }

  public long currentTerm() {
    return division == null ? 0 : division.getInfo().getCurrentTerm();
  }

  /** FOLLOWER, CANDIDATE, LEADER or LISTENER, as Raft sees it. */
  public String raftRole() {
    return division == null ? "STARTING" : division.getInfo().getCurrentRole().name();
  }

  /**
   * Whether this node leads in a term and nobody else can lead at this moment. Costs some
   * nanoseconds; no network. If it says no, the lease may come back within a heartbeat, or
   * leadership is lost.
   *
   * <p>A read that asks first and takes its view afterwards is linearizable, however long the
   * process is paused between the two. When this says yes, nobody else leads or has led in a later
   * term, so everything acknowledged until then was published here before it was acknowledged, and
   * is in the view. What the view lacks was acknowledged after that moment, so after the read
   * began, and may take effect behind it. A view taken before the question is as good only if the
   * same term still leads.
   */
  public boolean mayServe() {
    return roles.leadingTerm() != 0 && lease.isValid(settings.members().size());
  }

  /**
   * Hands an entry to the log. The leader only. The future completes normally once the entry was
   * applied; it fails with a {@link SubmitException} that says whether the entry may be in the log.
   */
  public CompletableFuture<Void> submit(PendingEntry pending) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(selfId)
            .setGroupId(groupId)
            .setCallId(callIds.incrementAndGet())
            .setMessage(new EntryMessage(pending, engine.formatLevel()))
            .setType(RaftClientRequest.writeRequestType())
            .build();
    CompletableFuture<RaftClientReply> reply;
    try {
      // The division, not the server: the latter hops to a thread pool and waits there.
      // Asked for it, since a single master may lead before start() has returned.
      reply =
          ((RaftClientAsynchronousProtocol) server.getDivision(groupId))
              .submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    reply.whenComplete(
        (answer, failure) -> {
          Throwable cause = failure != null ? failure : answer.getException();
          if (cause == null) {
            outcome.complete(null);
          } else {
            outcome.completeExceptionally(SubmitException.of(cause));
          }
        });
    return outcome;
  }

  /** Gives up leadership if this node has it, so that another one is elected; does not wait. */
  public void stepDown(String reason) {
    LOG.warn("Giving up leadership: {}", reason);
    try {
      server
          .transferLeadershipAsync(
              new TransferLeadershipRequest(
                  clientId, selfId, groupId, callIds.incrementAndGet(), null, ADMIN_TIMEOUT_MILLIS))
          .whenComplete(
              (reply, failure) -> {
                if (failure != null) {
                  LOG.warn("Cannot step down", failure);
                }
              });
    } catch (IOException e) {
      LOG.warn("Cannot step down", e);
    }
  }

  /**
   * Hands leadership to another member and waits for it.
   *
   * @throws MetadataException UNAVAILABLE if the other one did not take over in time; this node
   *     then leads on
   */
  public void transferLeadership(String node, long timeoutMillis) {
    if (settings.members().stream().noneMatch(member -> member.name().equals(node))) {
      throw MetadataException.invalid(
          "node",
          "'"
              + node
              + "' is not a member of this cluster; expected one of "
              + settings.members().stream().map(RaftSettings.Member::name).toList());
    }
    if (node.equals(settings.nodeName())) {
      return;
    }
    synchronized (this) {
      if (transferring) {
        throw new MetadataException(ErrorCode.BUSY, "Leadership is being transferred already");
      }
      transferring = true;
    }
    // The target may be elected at once, without waiting for an election timeout, and the request
    // to stand may still be on
    // its way when we have given up waiting.
    lease.suspend(timeoutMillis + HANDOVER_GRACE_MILLIS);
    boolean done = false;
    try {
      RaftClientReply reply =
          server.transferLeadership(
              new TransferLeadershipRequest(
                  clientId,
                  selfId,
                  groupId,
                  callIds.incrementAndGet(),
                  RaftPeerId.valueOf(node),
                  timeoutMillis));
      if (reply.getNotLeaderException() != null) {
        throw new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead");
      }
      if (!reply.isSuccess()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE,
            "Leadership was not transferred: " + reply.getException().getMessage());
      }
      done = true;
    } catch (IOException e) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE, "Leadership was not transferred: " + e.getMessage(), e);
    } finally {
      // A target that leads is in a later term than the request to stand, and would refuse another
      // copy of it. So this node may serve at once when leadership comes back.
      lease.suspend(done ? 0 : HANDOVER_GRACE_MILLIS);
      transferring = false;
    }
  }

  /**
   * Makes everything applied so far durable in the store and purges the log behind it, as far as no
   * member needs it any more ({@link PurgeLimit}).
   *
   * @return Raft index up to which the store is durable
   */
  public long checkpoint() {
    try {
      RaftClientReply reply =
          server.snapshotManagement(
              SnapshotManagementRequest.newCreate(
                  clientId, selfId, groupId, callIds.incrementAndGet(), ADMIN_TIMEOUT_MILLIS, 1));
      if (!reply.isSuccess()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE, "No snapshot was taken: " + reply.getException().getMessage());
      }
      return stateMachine.snapshotIndex();
    } catch (IOException e) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE, "No snapshot was taken: " + e.getMessage(), e);
    }
  }

  public long appliedRaftIndex() {
    return engine.applied().index();
  }

  public long snapshotIndex() {
    return stateMachine.snapshotIndex();
  }

  /** Bytes written to the store since the start. */
  public long appliedBytes() {
    return appliedBytes.get();
  }

  /** First index still in the log. */
  public long logStartIndex() {
    return division == null ? 0 : division.getRaftLog().getStartIndex();
  }

  /** One member, as this node sees it. */
  public record MemberInfo(
      RaftSettings.Member member, long commitIndex, long matchIndex, long lastContactMillis) {}

  /** Every member; on the leader with what it knows of each. */
  public List<MemberInfo> members() {
    List<LeaseClock.Contact> contacts = roles.leadingTerm() == 0 ? List.of() : lease.contacts();
    List<MemberInfo> infos = new ArrayList<>();
    for (RaftSettings.Member member : settings.members()) {
      long commit =
          division == null ? -1 : PurgeLimit.commitOf(member.name(), division.getCommitInfos());
      LeaseClock.Contact contact =
          contacts.stream().filter(c -> c.node().equals(member.name())).findFirst().orElse(null);
      infos.add(
          new MemberInfo(
              member,
              commit,
              contact == null ? commit : contact.matchIndex(),
              contact == null ? 0 : contact.lastContactMillis()));
    }
    return infos;
  }

  /** A view of the newest applied state; close it. */
  public AppliedView view() {
    return engine.view();
  }

  /**
   * Leaves the quorum in good order: Raft first, so that nothing new is applied, then the applier.
   * The caller has closed its services and releases its views; then it closes the store.
   */
  @Override
  public void close() {
    trigger.close();
    stateMachine.closing();
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("Cannot close Raft cleanly", e);
    }
    roles.close();
    engine.close();
    unreachable.close();
  }

  /** Why a submitted entry was not (or perhaps not) applied. */
  public static final class SubmitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean certainlyNotInLog;

    private SubmitException(boolean certainlyNotInLog, Throwable cause) {
      super(cause.getMessage(), cause);
      this.certainlyNotInLog = certainlyNotInLog;
    }

    static SubmitException of(Throwable cause) {
      Throwable root = cause;
      while (root instanceof java.util.concurrent.CompletionException && root.getCause() != null) {
        root = root.getCause();
      }
      boolean notInLog =
          root instanceof org.apache.ratis.protocol.exceptions.ResourceUnavailableException
              || root instanceof org.apache.ratis.protocol.exceptions.LeaderNotReadyException
              || root instanceof org.apache.ratis.protocol.exceptions.LeaderSteppingDownException
              || root instanceof org.apache.ratis.protocol.exceptions.ServerNotReadyException;
      return new SubmitException(notInLog, root);
    }

    /**
     * True: nothing will ever come of it. False: it may be in the log, and may be applied at any
     * time.
     */
    public boolean certainlyNotInLog() {
      return certainlyNotInLog;
    }
  }
}

package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.store.RocksInodeStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos;
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
  private RaftServer.Division division;
  private volatile boolean transferring;

  /**
   * Builds the node; {@link #start()} starts it. The store stays the caller's, who closes it last.
   */
  public RaftJournal(
      RaftSettings settings,
      RocksInodeStore store,
      ApplyMetrics applyMetrics,
      LeadershipListener listener,
      FatalHandler fatal) {
    this.settings = settings;
    this.store = store;
    this.engine =
        new ApplyEngine(
            store,
            settings.nodeName(),
            (entries, operations, bytes, nanos) -> {
              appliedBytes.addAndGet(bytes);
              applyMetrics.batch(entries, operations, bytes, nanos);
            },
            cause -> fatal.halt("The journal cannot be applied to the store", cause));
    this.roles = new RoleManager(settings.nodeName(), listener, fatal);
    this.lease = new LeaseClock(settings.electionTimeoutMin().toMillis(), settings.lease());
    this.stateMachine = new MetadataStateMachine(store, engine, roles, fatal);
    this.groupId = RaftGroupId.valueOf(UUID.fromString(settings.clusterId()));
    this.selfId = RaftPeerId.valueOf(settings.nodeName());
    this.trigger = new SnapshotTrigger(this, settings);
    try {
      this.server = build();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot open the Raft log in " + settings.storageDirectory(), e);
    }
  }

  private RaftServer build() throws IOException {
    List<RaftPeer> peers = new ArrayList<>();
    int raftPort = 0;
    for (RaftSettings.Member member : settings.members()) {
      peers.add(
          RaftPeer.newBuilder()
              .setId(RaftPeerId.valueOf(member.name()))
              .setAddress(member.raftAddress())
              .build());
      if (member.name().equals(settings.nodeName())) {
        raftPort = member.raftPort();
      }
    }
    if (raftPort == 0) {
      throw new MetadataException(
              ErrorCode.INVALID_ARGUMENT, "This master is not among the members of the cluster")
          .with("name", settings.nodeName());
    }
    Parameters parameters = new Parameters();
    CadastreRpcType.putLease(parameters, lease);
    return RaftServer.newBuilder()
        .setServerId(selfId)
        .setGroup(RaftGroup.valueOf(groupId, peers))
        .setProperties(
            RatisProperties.of(settings, raftPort, freeLoopbackPort(), freeLoopbackPort()))
        .setParameters(parameters)
        .setStateMachine(stateMachine)
        .setOption(
            hasLog(settings.storageDirectory())
                ? RaftStorage.StartupOption.RECOVER
                : RaftStorage.StartupOption.FORMAT)
        .build();
  }

  /** Whether a Raft log was ever made in this directory. */
  public static boolean hasLog(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> groups = Files.list(directory)) {
      return groups.anyMatch(Files::isDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freeLoopbackPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Opens the log, replays what the store lacks, and takes part in elections from here on. */
  public void start() {
    try {
      server.start();
      division = server.getDivision(groupId);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start Raft: " + e.getMessage(), e);
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

  /** Name of the leader, as far as this node knows; empty if unknown. */
  public String leader() {
    return roles.leader();
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
            .setMessage(new EntryMessage(pending))
            .setType(RaftClientRequest.writeRequestType())
            .build();
    CompletableFuture<RaftClientReply> reply;
    try {
      // The division, not the server: the latter hops to a thread pool and waits there.
      reply = ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(request);
    } catch (IOException e) {
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
      throw MetadataException.invalid("node", "not a member of this cluster: " + node);
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
      if (!reply.isSuccess()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE, "Leadership was not transferred: " + reply.getException());
      }
      done = true;
    } catch (IOException e) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE, "Leadership was not transferred: " + e.getMessage(), e);
    } finally {
      if (!done) {
        lease.suspend(HANDOVER_GRACE_MILLIS);
      }
      transferring = false;
    }
  }

  /**
   * Makes everything applied so far durable in the store and purges the log behind it.
   *
   * @return Raft index of the snapshot
   */
  public long checkpoint() {
    try {
      RaftClientReply reply =
          server.snapshotManagement(
              SnapshotManagementRequest.newCreate(
                  clientId, selfId, groupId, callIds.incrementAndGet(), ADMIN_TIMEOUT_MILLIS, 1));
      if (!reply.isSuccess()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE, "No snapshot was taken: " + reply.getException());
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
      long commit = -1;
      if (division != null) {
        for (RaftProtos.CommitInfoProto info : division.getCommitInfos()) {
          if (info.getServer().getId().toStringUtf8().equals(member.name())) {
            commit = info.getCommitIndex();
          }
        }
      }
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

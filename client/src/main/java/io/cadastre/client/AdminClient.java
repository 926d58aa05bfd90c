package io.cadastre.client;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CheckStateRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.CheckpointRequest;
import io.cadastre.core.api.proto.CheckpointResult;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.QuorumRequest;
import io.cadastre.core.api.proto.Report;
import io.cadastre.core.api.proto.ReportRequest;
import io.cadastre.core.api.proto.StateHashRequest;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.core.api.proto.TransferRequest;
import io.cadastre.core.api.proto.TransferResult;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The calls of operators: {@link MetadataClient#admin}. All block, for at most the call's timeout,
 * and are safe for use by many threads. A master is host:port. Those that only the leader answers
 * find it, and go on to the next one when it changes; a pinned view asks its master instead.
 */
public final class AdminClient {
  private static final Duration CLOSING = Duration.ofSeconds(1);

  private final CallEngine engine;
  private final CallSettings call;
  private final AdminCalls calls;

  AdminClient(CallEngine engine, CallSettings call) {
    this.engine = engine;
    this.call = call;
    this.calls = new AdminCalls(engine, call);
  }

  /**
   * Asks all masters at once what they are, each for at most a second (the probe timeout), so that
   * a frozen one delays nobody for longer; a second more if the client is closed meanwhile.
   *
   * @return one answer or error per configured master, in their configured order
   */
  public List<NodeAnswer> nodeInfos() {
    engine.refuseOnLoop();
    List<CompletableFuture<NodeAnswer>> answers =
        engine.masters().configured().stream().map(this::ask).toList();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  /** Every member as the leader sees it. */
  public QuorumInfo quorum() {
    return calls.atLeader(
        AdminServiceGrpc.getGetQuorumMethod(), QuorumRequest.getDefaultInstance(), answer -> {});
  }

  /** Takes a snapshot of this master's journal now and purges the log behind it. */
  public CheckpointResult checkpoint(String master) {
    CheckpointResult result =
        calls.at(
            engine.master(master),
            AdminServiceGrpc.getCheckpointMethod(),
            CheckpointRequest.getDefaultInstance());
    throwIf(result.hasError(), result.getError());
    return result;
  }

  /** Has all members compute their state hash at one index, and compares them. */
  public CheckStateResult checkState() {
    CheckStateRequest request =
        CheckStateRequest.newBuilder().setTimeoutMillis(timeoutMillis()).build();
    return calls.atLeader(
        AdminServiceGrpc.getCheckStateMethod(),
        request,
        result -> throwIf(result.hasError(), result.getError()));
  }

  /** This master's hash for the CheckState record at a state index; it may be PENDING still. */
  public StateHashResult stateHash(String master, long stateIndex) {
    return calls.at(
        engine.master(master),
        AdminServiceGrpc.getGetStateHashMethod(),
        StateHashRequest.newBuilder().setIndex(stateIndex).build());
  }

  /** What this master has to say of itself, line by line. */
  public Report report(String master) {
    return calls.at(
        engine.master(master),
        AdminServiceGrpc.getGetReportMethod(),
        ReportRequest.getDefaultInstance());
  }

  /** Hands leadership over to the member of this name; returns when it leads. */
  public TransferResult transferLeadership(String node) {
    TransferRequest request =
        TransferRequest.newBuilder().setNode(node).setTimeoutMillis(timeoutMillis()).build();
    return calls.atLeader(
        AdminServiceGrpc.getTransferLeadershipMethod(),
        request,
        result -> throwIf(result.hasError(), result.getError()));
  }

  private CompletableFuture<NodeAnswer> ask(MasterChannel master) {
    CompletableFuture<NodeAnswer> answer = new CompletableFuture<>();
    master.askNodeInfo(
        engine.settings().probeTimeout(),
        (NodeInfo info, MetadataException failure) ->
            answer.complete(
                info == null
                    ? NodeAnswer.failed(master.address(), failure)
                    : NodeAnswer.of(master.address(), info)));
    // What comes once the client's thread has ended is not told to anybody.
    return answer.completeOnTimeout(
        NodeAnswer.failed(
            master.address(),
            new MetadataException(
                ErrorCode.UNAVAILABLE,
                "The master was not heard in time, or the client is closed")),
        engine.settings().probeTimeout().plus(CLOSING).toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private int timeoutMillis() {
    return (int) Math.min(call.timeout().toMillis(), Integer.MAX_VALUE);
  }

  private static void throwIf(boolean failed, ErrorInfo error) {
    if (failed) {
      throw ErrorInfos.toException(error);
    }
  }
}

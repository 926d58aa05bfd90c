package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CheckStateRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.CheckpointRequest;
import io.cadastre.core.api.proto.CheckpointResult;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.NodeInfoRequest;
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
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The admin service on the wire. What takes time, or changes something, runs on a small pool and
 * has an audit line, without a user: these requests do not say who calls. The rest is answered from
 * memory, on the event loop.
 */
public final class AdminGrpcService extends AdminServiceGrpc.AdminServiceImplBase {
  private static final long DEFAULT_TRANSFER_MILLIS = 10_000;
  private static final long DEFAULT_CHECK_MILLIS = 60_000;
  private static final long SPARE_MILLIS = 5_000;

  private final NodeStatus status;
  private final RaftJournal journal;
  private final StateChecks checks;
  private final Executor slow;
  private final AuditLog audit;
  private final String node;

  /**
   * @param slow bounded pool for calls that wait for the disk or the quorum
   */
  public AdminGrpcService(
      NodeStatus status,
      RaftJournal journal,
      StateChecks checks,
      Executor slow,
      AuditLog audit,
      String node) {
    this.status = status;
    this.journal = journal;
    this.checks = checks;
    this.slow = slow;
    this.audit = audit;
    this.node = node;
  }

  @Override
  public void getNodeInfo(NodeInfoRequest request, StreamObserver<NodeInfo> observer) {
    observer.onNext(status.info());
    observer.onCompleted();
  }

  @Override
  public void getQuorum(QuorumRequest request, StreamObserver<QuorumInfo> observer) {
    observer.onNext(status.quorum());
    observer.onCompleted();
  }

  @Override
  public void getReport(ReportRequest request, StreamObserver<Report> observer) {
    observer.onNext(status.report());
    observer.onCompleted();
  }

  @Override
  public void getStateHash(StateHashRequest request, StreamObserver<StateHashResult> observer) {
    observer.onNext(checks.result(request.getIndex()));
    observer.onCompleted();
  }

  @Override
  public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResult> observer) {
    run(
        observer,
        "checkpoint",
        "",
        () -> {
          long start = System.nanoTime();
          long index = journal.checkpoint();
          return CheckpointResult.newBuilder()
              .setNode(node)
              .setIndex(index)
              .setTerm(journal.currentTerm())
              .setElapsedMillis((System.nanoTime() - start) / 1_000_000)
              .build();
        },
        error ->
            CheckpointResult.newBuilder()
                .setNode(node)
                .setError(ErrorInfos.toProto(error))
                .build());
  }

  @Override
  public void checkState(CheckStateRequest request, StreamObserver<CheckStateResult> observer) {
    long millis =
        request.getTimeoutMillis() == 0 ? DEFAULT_CHECK_MILLIS : request.getTimeoutMillis();
    run(
        observer,
        "check_state",
        "",
        () -> checks.check(within(millis)),
        error -> CheckStateResult.newBuilder().setError(ErrorInfos.toProto(error)).build());
  }

  @Override
  public void transferLeadership(TransferRequest request, StreamObserver<TransferResult> observer) {
    run(
        observer,
        "transfer_leadership",
        "node=" + request.getNode(),
        () -> {
          if (journal.leadingTerm() == 0) {
            throw new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead")
                .with(ErrorInfos.LEADER, status.info().getLeader());
          }
          long start = System.nanoTime();
          journal.transferLeadership(
              request.getNode(),
              within(
                  request.getTimeoutMillis() == 0
                      ? DEFAULT_TRANSFER_MILLIS
                      : request.getTimeoutMillis()));
          return TransferResult.newBuilder()
              .setElapsedMillis((System.nanoTime() - start) / 1_000_000)
              .build();
        },
        error -> TransferResult.newBuilder().setError(ErrorInfos.toProto(error)).build());
  }

  /** Less than the time that the caller waits, so that it hears the answer. */
  private static long within(long callerMillis) {
    return callerMillis - Math.min(SPARE_MILLIS, callerMillis / 4);
  }

  /** Work that may fail. */
  private interface Work<T> {
    T run();
  }

  private <T> void run(
      StreamObserver<T> observer,
      String what,
      String subject,
      Work<T> work,
      Function<MetadataException, T> failed) {
    Caller caller = AuditLog.somebody(MetadataGrpcService.RemoteAddress.current());
    long start = System.nanoTime();
    try {
      slow.execute(
          () -> {
            T answer;
            String result = "OK";
            try {
              answer = work.run();
            } catch (RuntimeException e) {
              MetadataException error = MetadataExceptions.unwrap(e);
              result = error.code().name();
              answer = failed.apply(error);
            }
            audit.write(caller, what, subject, result, System.nanoTime() - start);
            observer.onNext(answer);
            observer.onCompleted();
          });
    } catch (RejectedExecutionException e) {
      audit.write(caller, what, subject, ErrorCode.BUSY.name(), System.nanoTime() - start);
      observer.onError(
          StatusMapper.toStatus(
              new MetadataException(ErrorCode.BUSY, "Too many admin calls at once")));
    }
  }
}

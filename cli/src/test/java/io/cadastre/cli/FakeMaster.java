package io.cadastre.cli;

import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.CheckStateRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.CheckpointRequest;
import io.cadastre.core.api.proto.CheckpointResult;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.NodeInfoRequest;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.QuorumMember;
import io.cadastre.core.api.proto.QuorumRequest;
import io.cadastre.core.api.proto.Report;
import io.cadastre.core.api.proto.ReportLine;
import io.cadastre.core.api.proto.ReportRequest;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.core.error.ErrorCode;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A master that leads alone and answers what a test tells it to; notes what it was asked. */
public final class FakeMaster implements AutoCloseable {
  private final Server server;
  private final NodeInfo info;
  final Queue<CallRequest> calls = new ConcurrentLinkedQueue<>();
  final Queue<RequestFrame> frames = new ConcurrentLinkedQueue<>();
  final Queue<ListRequest> lists = new ConcurrentLinkedQueue<>();
  final Queue<LoadMetadataRequest> loads = new ConcurrentLinkedQueue<>();
  final List<ListPage> pages = new ArrayList<>();
  final List<LoadMetadataProgress> progress = new ArrayList<>();
  final Queue<DiffRequest> diffs = new ConcurrentLinkedQueue<>();
  final List<DiffPage> differences = new ArrayList<>();
  Function<CallRequest, CallResponse.Builder> answer = call -> done();
  String staleReason = "";

  /** On a free port for 0. */
  public FakeMaster(int port, NodeInfo info) throws IOException {
    this.info = info;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new Metadata())
            .addService(new Admin())
            .build()
            .start();
  }

  static FakeMaster leader() throws IOException {
    return new FakeMaster(
        0,
        NodeInfo.newBuilder().setNode("m1").setRole("LEADER").setTerm(3).setClusterId("c").build());
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  static CallResponse.Builder done() {
    return CallResponse.newBuilder().setDone(Done.newBuilder().setInodeId(7).setChanged(true));
  }

  static CallResponse.Builder error(ErrorCode code, String message) {
    return CallResponse.newBuilder()
        .setError(ErrorInfo.newBuilder().setCode(code.name()).setMessage(message));
  }

  /** The only call so far. */
  CallRequest onlyCall() {
    if (calls.size() != 1) {
      throw new AssertionError("calls: " + calls);
    }
    return calls.peek();
  }

  private CallResponse respond(CallRequest call) {
    calls.add(call);
    return answer
        .apply(call)
        .setCallId(call.getCallId())
        .setServed(
            ServedAt.newBuilder()
                .setStateIndex(10)
                .setTerm(info.getTerm())
                .setNode("m1")
                .setStaleReason(staleReason))
        .build();
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(5, TimeUnit.SECONDS);
  }

  void awaitEnd() throws InterruptedException {
    server.awaitTermination();
  }

  private static <T> void answer(StreamObserver<T> observer, T value) {
    observer.onNext(value);
    observer.onCompleted();
  }

  private final class Metadata extends MetadataServiceGrpc.MetadataServiceImplBase {
    @Override
    public void call(CallRequest request, StreamObserver<CallResponse> observer) {
      FakeMaster.answer(observer, respond(request));
    }

    @Override
    public StreamObserver<RequestFrame> pipeline(StreamObserver<ResponseFrame> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(RequestFrame frame) {
          frames.add(frame);
          ResponseFrame.Builder responses = ResponseFrame.newBuilder().setNode(info.getNode());
          frame.getCallsList().forEach(call -> responses.addResponses(respond(call)));
          observer.onNext(responses.build());
        }

        @Override
        public void onError(Throwable failure) {
          // The client has gone.
        }

        @Override
        public void onCompleted() {
          observer.onCompleted();
        }
      };
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListPage> observer) {
      lists.add(request);
      pages.forEach(observer::onNext);
      observer.onCompleted();
    }

    @Override
    public void loadMetadata(
        LoadMetadataRequest request, StreamObserver<LoadMetadataProgress> observer) {
      loads.add(request);
      progress.forEach(observer::onNext);
      observer.onCompleted();
    }

    @Override
    public void diff(DiffRequest request, StreamObserver<DiffPage> observer) {
      diffs.add(request);
      differences.forEach(observer::onNext);
      observer.onCompleted();
    }
  }

  private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void getNodeInfo(NodeInfoRequest request, StreamObserver<NodeInfo> observer) {
      boolean leads = info.getRole().equals("LEADER");
      FakeMaster.answer(observer, leads ? info.toBuilder().setLeader(address()).build() : info);
    }

    @Override
    public void getQuorum(QuorumRequest request, StreamObserver<QuorumInfo> observer) {
      FakeMaster.answer(
          observer,
          QuorumInfo.newBuilder()
              .setClusterId("c")
              .setTerm(3)
              .setLeader("m1")
              .addMembers(member("m1", "LEADER", 0))
              .addMembers(member("m2", "FOLLOWER", 1_500))
              .build());
    }

    private QuorumMember member(String node, String role, long heardMillis) {
      return QuorumMember.newBuilder()
          .setNode(node)
          .setRole(role)
          .setRaftAddress("h:1")
          .setClientAddress("h:2")
          .setMatchIndex(41)
          .setCommitIndex(40)
          .setLastContactMillis(heardMillis)
          .build();
    }

    @Override
    public void checkState(CheckStateRequest request, StreamObserver<CheckStateResult> observer) {
      FakeMaster.answer(
          observer,
          CheckStateResult.newBuilder()
              .setIndex(12)
              .setVerdict("DIFFERENT")
              .addMembers(StateHashResult.newBuilder().setNode("m1").setState("READY").setHash("a"))
              .addMembers(StateHashResult.newBuilder().setNode("m2").setState("READY").setHash("b"))
              .build());
    }

    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResult> observer) {
      FakeMaster.answer(
          observer,
          CheckpointResult.newBuilder()
              .setNode("m1")
              .setIndex(12)
              .setTerm(3)
              .setElapsedMillis(250)
              .build());
    }

    @Override
    public void getReport(ReportRequest request, StreamObserver<Report> observer) {
      FakeMaster.answer(
          observer,
          Report.newBuilder()
              .addLines(
                  ReportLine.newBuilder().setSection("raft").setKey("role").setValue("LEADER"))
              .addLines(ReportLine.newBuilder().setSection("raft").setKey("term").setValue("3"))
              .addLines(ReportLine.newBuilder().setSection("store").setKey("inodes").setValue("9"))
              .build());
    }
  }
}

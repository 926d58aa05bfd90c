package io.cadastre.client;

import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.NodeInfoRequest;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.QuorumRequest;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.ErrorCode;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A small real master: speaks the protocol over loopback, decides nothing, and does what a test
 * says. Answers each call with {@link #handler}; a null answer holds the call, for {@link #answer}.
 */
final class FakeMaster implements AutoCloseable {
  /** A call that arrived, and the stream to answer it on. */
  record Received(CallRequest call, String user, StreamObserver<ResponseFrame> stream) {}

  private final Server server;
  private final String address;
  private final AtomicLong index = new AtomicLong();
  final Queue<Received> received = new ConcurrentLinkedQueue<>();
  final List<Integer> frameSizes = new CopyOnWriteArrayList<>();

  /** How often it was asked who it is; what it answers then is settled. */
  final AtomicInteger probes = new AtomicInteger();

  private final List<StreamObserver<ResponseFrame>> streams = new CopyOnWriteArrayList<>();
  volatile Function<CallRequest, CallResponse> handler = this::ok;
  volatile BiConsumer<ListRequest, ServerCallStreamObserver<ListPage>> lister;
  volatile BiConsumer<LoadMetadataRequest, StreamObserver<LoadMetadataProgress>> loader;
  volatile NodeInfo info;
  volatile boolean frozen;
  volatile Duration infoDelay = Duration.ZERO;
  volatile boolean recording = true;

  private FakeMaster(String name) {
    info = NodeInfo.newBuilder().setNode(name).setRole("FOLLOWER").setTerm(1).build();
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .directExecutor()
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .addService(new Metadata())
              .addService(new Admin())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    address = "127.0.0.1:" + server.getPort();
  }

  static FakeMaster leader(String name, long term) {
    return new FakeMaster(name).leads(term);
  }

  static FakeMaster follower(String name) {
    return new FakeMaster(name);
  }

  FakeMaster leads(long term) {
    info = info.toBuilder().setRole("LEADER").setTerm(term).setLeader(address()).build();
    return this;
  }

  /** Says that it follows, and refuses calls with a hint. */
  FakeMaster follows(String leader) {
    info = info.toBuilder().setRole("FOLLOWER").setLeader(leader).build();
    handler =
        call ->
            error(
                call,
                ErrorInfo.newBuilder()
                    .setCode(ErrorCode.NOT_LEADER.name())
                    .setLeader(leader)
                    .build());
    return this;
  }

  String address() {
    return address;
  }

  CallResponse ok(CallRequest call) {
    CallResponse.Builder response =
        CallResponse.newBuilder()
            .setCallId(call.getCallId())
            .setServed(
                ServedAt.newBuilder()
                    .setStateIndex(index.incrementAndGet())
                    .setTerm(info.getTerm()));
    return switch (call.getOpCase()) {
      case GET_STATUS ->
          response
              .setStatus(FileStatus.newBuilder().setPath(call.getGetStatus().getPath()))
              .build();
      case EXISTS -> response.setExists(true).build();
      default -> response.setDone(Done.newBuilder().setChanged(true)).build();
    };
  }

  CallResponse error(CallRequest call, ErrorCode code) {
    return error(
        call, ErrorInfo.newBuilder().setCode(code.name()).setMessage("as the test says").build());
  }

  CallResponse error(CallRequest call, ErrorInfo error) {
    return CallResponse.newBuilder().setCallId(call.getCallId()).setError(error).build();
  }

  void answer(Received held, CallResponse response) {
    send(held.stream(), List.of(response));
  }

  List<Received> calls() {
    return List.copyOf(received);
  }

  List<OperationId> operationIds() {
    return received.stream().map(r -> r.call().getOperationId()).toList();
  }

  void breakStreams() {
    breakStreams(Status.UNAVAILABLE);
  }

  void breakStreams(Status status) {
    for (StreamObserver<ResponseFrame> stream : streams) {
      synchronized (stream) {
        streams.remove(stream);
        stream.onError(status.withDescription("as the test says").asException());
      }
    }
  }

  /** Ends as a killed process does, for the client. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(StreamObserver<ResponseFrame> stream, List<CallResponse> responses) {
    synchronized (stream) {
      stream.onNext(
          ResponseFrame.newBuilder().setNode(info.getNode()).addAllResponses(responses).build());
    }
  }

  private final class Metadata extends MetadataServiceGrpc.MetadataServiceImplBase {
    @Override
    public StreamObserver<RequestFrame> pipeline(StreamObserver<ResponseFrame> answers) {
      streams.add(answers);
      return new StreamObserver<>() {
        @Override
        public void onNext(RequestFrame frame) {
          if (recording) {
            frameSizes.add(frame.getCallsCount());
          }
          ResponseFrame.Builder responses = ResponseFrame.newBuilder().setNode(info.getNode());
          for (CallRequest call : frame.getCallsList()) {
            if (recording) {
              String user = (call.hasCaller() ? call.getCaller() : frame.getCaller()).getUser();
              received.add(new Received(call, user, answers));
            }
            CallResponse response = frozen ? null : handler.apply(call);
            if (response != null) {
              responses.addResponses(response);
            }
          }
          if (responses.getResponsesCount() > 0) {
            synchronized (answers) {
              if (streams.contains(answers)) {
                answers.onNext(responses.build());
              }
            }
          }
        }

        @Override
        public void onError(Throwable failure) {
          streams.remove(answers);
        }

        @Override
        public void onCompleted() {
          streams.remove(answers);
          answers.onCompleted();
        }
      };
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListPage> pages) {
      if (!frozen) {
        lister.accept(request, (ServerCallStreamObserver<ListPage>) pages);
      }
    }

    @Override
    public void loadMetadata(
        LoadMetadataRequest request, StreamObserver<LoadMetadataProgress> progress) {
      loader.accept(request, progress);
    }
  }

  private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void getNodeInfo(NodeInfoRequest request, StreamObserver<NodeInfo> answer) {
      NodeInfo now = info;
      probes.incrementAndGet();
      if (infoDelay.isZero()) {
        answerInfo(answer, now);
      } else {
        CompletableFuture.delayedExecutor(infoDelay.toMillis(), TimeUnit.MILLISECONDS)
            .execute(() -> answerInfo(answer, info));
      }
    }

    private void answerInfo(StreamObserver<NodeInfo> answer, NodeInfo said) {
      if (!frozen && !((ServerCallStreamObserver<NodeInfo>) answer).isCancelled()) {
        answer.onNext(said);
        answer.onCompleted();
      }
    }

    @Override
    public void getQuorum(QuorumRequest request, StreamObserver<QuorumInfo> answer) {
      if (!frozen) {
        answer.onNext(QuorumInfo.newBuilder().setLeader(info.getNode()).build());
        answer.onCompleted();
      }
    }
  }
}

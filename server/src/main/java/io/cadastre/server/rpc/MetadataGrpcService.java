package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.namespace.NamespaceService;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The metadata service on the wire. Its handlers run on the event loop and only hand over. */
public final class MetadataGrpcService {
  /** How long a comparison is held up by a reader who takes nothing of it. */
  private static final Duration READER_PATIENCE = Duration.ofMinutes(1);

  private final CallHandler handler;
  private final NamespaceService namespace;
  private final CallerResolver callers;
  private final Executors executors;
  private final AuditLog audit;
  private final String node;
  private final String clusterId;
  private final int maxOpenOfOne;
  private final CallPermits permits;
  private final long defaultTimeoutMillis;

  /**
   * @param planner runs calls; bounded
   * @param responders builds answers; bounded
   * @param scans runs listings; bounded
   * @param timer runs short tasks
   */
  public record Executors(
      Executor planner, Executor responders, Executor scans, ScheduledExecutorService timer) {}

  MetadataGrpcService(
      CallHandler handler,
      NamespaceService namespace,
      CallerResolver callers,
      Executors executors,
      AuditLog audit,
      String node,
      String clusterId,
      int maxOpenCalls,
      long defaultTimeoutMillis) {
    this.handler = handler;
    this.namespace = namespace;
    this.callers = callers;
    this.executors = executors;
    this.audit = audit;
    this.node = node;
    this.clusterId = clusterId;
    this.maxOpenOfOne = Math.max(1, maxOpenCalls / 2);
    this.permits = new CallPermits(maxOpenCalls);
    this.defaultTimeoutMillis = defaultTimeoutMillis;
  }

  ServerServiceDefinition definition() {
    MethodDescriptor<ListRequest, byte[]> list =
        MetadataServiceGrpc.getListMethod().toBuilder(
                MetadataServiceGrpc.getListMethod().getRequestMarshaller(), new RawListPage())
            .build();
    return ServerServiceDefinition.builder(
            io.grpc.ServiceDescriptor.newBuilder(MetadataServiceGrpc.SERVICE_NAME)
                .addMethod(MetadataServiceGrpc.getCallMethod())
                .addMethod(MetadataServiceGrpc.getPipelineMethod())
                .addMethod(list)
                .addMethod(MetadataServiceGrpc.getLoadMetadataMethod())
                .addMethod(MetadataServiceGrpc.getDiffMethod())
                .build())
        .addMethod(MetadataServiceGrpc.getCallMethod(), ServerCalls.asyncUnaryCall(this::call))
        .addMethod(
            MetadataServiceGrpc.getPipelineMethod(),
            ServerCalls.asyncBidiStreamingCall(this::pipeline))
        .addMethod(list, ServerCalls.asyncServerStreamingCall(this::list))
        .addMethod(
            MetadataServiceGrpc.getLoadMetadataMethod(),
            ServerCalls.asyncServerStreamingCall(this::loadMetadata))
        .addMethod(
            MetadataServiceGrpc.getDiffMethod(), ServerCalls.asyncServerStreamingCall(this::diff))
        .build();
  }

  private void call(CallRequest request, StreamObserver<CallResponse> observer) {
    String address = RemoteAddress.current();
    if (!permits.take(1)) {
      end(observer, CallPermits.busy(request));
      return;
    }
    try {
      executors
          .planner()
          .execute(
              () ->
                  handler.handle(
                      request,
                      request.getCaller(),
                      "",
                      address,
                      response -> {
                        permits.give(1);
                        end(observer, withNode(response));
                      }));
    } catch (RejectedExecutionException e) {
      permits.give(1);
      end(observer, CallPermits.busy(request));
    }
  }

  private static void end(StreamObserver<CallResponse> observer, CallResponse response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  private CallResponse withNode(CallResponse response) {
    CallResponse.Builder builder = response.toBuilder();
    builder.getServedBuilder().setNode(node);
    return builder.build();
  }

  private StreamObserver<RequestFrame> pipeline(StreamObserver<ResponseFrame> observer) {
    return new PipelineStream(
        (ServerCallStreamObserver<ResponseFrame>) observer,
        handler,
        executors.planner(),
        executors.responders(),
        node,
        RemoteAddress.current(),
        maxOpenOfOne,
        permits);
  }

  /**
   * Who calls; what is refused here has its audit line.
   *
   * @throws MetadataException EPOCH_CHANGED or UNAUTHENTICATED
   */
  private Caller caller(
      String wantedCluster, io.cadastre.core.api.proto.Caller requested, String what, String path) {
    String address = RemoteAddress.current();
    try {
      CallHandler.checkCluster(wantedCluster, clusterId);
      return callers.resolve(requested, address);
    } catch (MetadataException e) {
      audit.write(AuditLog.somebody(address), what, path, e.code().name(), 0);
      throw e;
    }
  }

  private void list(ListRequest request, StreamObserver<byte[]> observer) {
    Caller caller;
    try {
      caller = caller(request.getClusterId(), request.getCaller(), "list", request.getPath());
    } catch (MetadataException e) {
      observer.onNext(ListPage.newBuilder().setError(ErrorInfos.toProto(e)).build().toByteArray());
      observer.onCompleted();
      return;
    }
    long deadline = deadlineNanos(request.getTimeoutMillis());
    new ListStream(
            (ServerCallStreamObserver<byte[]>) observer, request, caller, executors.scans(), audit)
        .start(() -> namespace.list(request, caller, deadline));
  }

  private long deadlineNanos(int timeoutMillis) {
    long millis = timeoutMillis == 0 ? defaultTimeoutMillis : Integer.toUnsignedLong(timeoutMillis);
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void loadMetadata(
      LoadMetadataRequest request, StreamObserver<LoadMetadataProgress> observer) {
    Caller caller;
    try {
      caller =
          caller(request.getClusterId(), request.getCaller(), "load_metadata", request.getPath());
    } catch (MetadataException e) {
      observer.onNext(
          LoadMetadataProgress.newBuilder()
              .setFinished(true)
              .setError(ErrorInfos.toProto(e))
              .build());
      observer.onCompleted();
      return;
    }
    LoadMetadataStream stream =
        new LoadMetadataStream(
            (ServerCallStreamObserver<LoadMetadataProgress>) observer,
            request,
            caller,
            node,
            audit,
            READER_PATIENCE);
    long deadline =
        System.nanoTime()
            + (request.getTimeoutMillis() == 0
                ? SyncService.WITHOUT_END_NANOS
                : TimeUnit.MILLISECONDS.toNanos(
                    Integer.toUnsignedLong(request.getTimeoutMillis())));
    try {
      executors
          .scans()
          .execute(
              () -> {
                try {
                  stream.follow(
                      namespace.loadMetadata(request, caller, deadline), executors.timer());
                } catch (RuntimeException e) {
                  stream.fail(MetadataExceptions.unwrap(e));
                }
              });
    } catch (RejectedExecutionException e) {
      stream.fail(MetadataExceptions.unwrap(e));
    }
  }

  private void diff(DiffRequest request, StreamObserver<DiffPage> observer) {
    Caller caller;
    try {
      caller = caller(request.getClusterId(), request.getCaller(), "diff", request.getPath());
    } catch (MetadataException e) {
      observer.onNext(DiffPage.newBuilder().setError(ErrorInfos.toProto(e)).build());
      observer.onCompleted();
      return;
    }
    DiffStream stream =
        new DiffStream(
            (ServerCallStreamObserver<DiffPage>) observer,
            request,
            caller,
            node,
            audit,
            READER_PATIENCE);
    try {
      executors
          .scans()
          .execute(
              () -> {
                try {
                  stream.follow(namespace.diff(request, caller, stream));
                } catch (RuntimeException e) {
                  stream.fail(MetadataExceptions.unwrap(e));
                }
              });
    } catch (RejectedExecutionException e) {
      stream.fail(MetadataExceptions.unwrap(e));
    }
  }

  /** The client's address, put into the call's context by an interceptor. */
  static final class RemoteAddress {
    static final Context.Key<String> KEY = Context.key("remote-address");

    private RemoteAddress() {}

    static String current() {
      String address = KEY.get();
      return address == null ? "unknown" : address;
    }
  }
}

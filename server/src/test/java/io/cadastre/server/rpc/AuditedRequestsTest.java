package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CheckStateRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.GetStatus;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.net.FreePorts;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that go no further than to the services themselves have audit lines too. */
@Timeout(60)
class AuditedRequestsTest {
  private static final String FROM = " user=\\? from=127\\.0\\.0\\.1:\\d+ op=";

  private final List<String> audited = Collections.synchronizedList(new ArrayList<>());
  private final int port = FreePorts.find(1).get(0);
  private volatile boolean full;
  private RpcServer server;
  private ManagedChannel channel;

  /** No quorum to compare. */
  private static final class NoQuorum implements StateChecks {
    @Override
    public CheckStateResult check(long timeoutMillis) {
      throw new MetadataException(ErrorCode.DEADLINE_EXCEEDED, "no quorum");
    }

    @Override
    public StateHashResult result(long stateIndex) {
      return StateHashResult.getDefaultInstance();
    }
  }

  @BeforeEach
  void start() {
    AuditLog audit =
        new AuditLog("m1", lines -> Collections.addAll(audited, lines.toString().split("\n")));
    server =
        new RpcServer(
            new RpcServer.Settings("127.0.0.1", port, "m1", "c-1", 10, 1_000),
            null,
            new AdminGrpcService(null, null, new NoQuorum(), this::run, audit, "m1"),
            new CallerResolver("admin", "admins"),
            new MetadataGrpcService.Executors(this::run, this::run, this::run, null),
            audit,
            new Metrics());
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.closeAtOnce();
  }

  private void run(Runnable task) {
    if (full) {
      throw new RejectedExecutionException("full");
    }
    task.run();
  }

  private void assertAudited(String line) {
    await()
        .untilAsserted(
            () ->
                assertThat(audited)
                    .singleElement()
                    .asString()
                    .matches(".*" + FROM + line + " micros=\\d+"));
    audited.clear();
  }

  @Test
  void whoeverDoesNotSayWhoHeIs() {
    MetadataServiceGrpc.MetadataServiceBlockingStub stub =
        MetadataServiceGrpc.newBlockingStub(channel);
    String refused = " result=UNAUTHENTICATED";

    stub.list(ListRequest.newBuilder().setPath("/l").build()).next();
    assertAudited("list path=/l" + refused);
    stub.loadMetadata(LoadMetadataRequest.newBuilder().setPath("/m").build()).next();
    assertAudited("load_metadata path=/m" + refused);
    stub.diff(DiffRequest.newBuilder().setPath("/d").build()).next();
    assertAudited("diff path=/d" + refused);
    stub.call(CallRequest.newBuilder().setGetStatus(GetStatus.newBuilder().setPath("/s")).build());
    assertAudited("get_status path=/s" + refused);
  }

  @Test
  void whatOperatorsDo() {
    AdminServiceGrpc.AdminServiceBlockingStub stub = AdminServiceGrpc.newBlockingStub(channel);

    stub.checkState(CheckStateRequest.getDefaultInstance());
    assertAudited("check_state path= result=DEADLINE_EXCEEDED");
    full = true;
    assertThatThrownBy(() -> stub.checkState(CheckStateRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class);
    assertAudited("check_state path= result=BUSY");
  }
}

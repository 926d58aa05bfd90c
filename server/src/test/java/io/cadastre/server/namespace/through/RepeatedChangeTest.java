package io.cadastre.server.namespace.through;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.Delete;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.transaction.Failpoints;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A change that is asked for again at a new leader, under its operation id, while its store cannot
 * be asked. Every access compares with the store.
 */
class RepeatedChangeTest {
  /** What has become of the new leader or its store. */
  enum Trouble {
    STORE_GONE,
    ANOTHER_ROOT,
    DISK_FULL
  }

  private final AtomicLong space = new AtomicLong(1L << 40);
  private WritableMount mount;
  private ManagedChannel channel;

  @BeforeEach
  void start(@TempDir Path directory) {
    mount = new WritableMount(directory, "400ms");
    mount.directory("/data/one");
    mount.directory("/data/two");
    mount.master.stop();
    mount
        .master
        .with("cadastre.user.file.metadata.sync.interval", "0")
        .with("cadastre.master.lock.timeout", "300ms")
        .with("cadastre.master.disk.free.min", "1MB")
        .withDiskSpace(space::get);
    channel = NettyChannelBuilder.forTarget(mount.master.address()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    mount.close();
  }

  private void lead(Failpoints failpoints) {
    mount.master.stop();
    mount.master.withFailpoints(failpoints).start();
    // Its answer is that of a leader.
    mount.client.listMounts();
  }

  private static CallRequest delete(long sequence, String path) {
    return CallRequest.newBuilder()
        .setCaller(Caller.newBuilder().setUser("admin"))
        .setOperationId(
            OperationId.newBuilder()
                .setClient(77)
                .setSequence(sequence)
                .setMintedMillis(System.currentTimeMillis()))
        .setTimeoutMillis(10_000)
        .setDelete(Delete.newBuilder().setPath(path))
        .build();
  }

  private CallResponse call(CallRequest request) {
    return MetadataServiceGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .call(request);
  }

  private ErrorCode refusal(CallRequest request) {
    CallResponse response = call(request);
    assertThat(response.hasError()).as("%s", response).isTrue();
    return ErrorCode.valueOf(response.getError().getCode());
  }

  private void make(Trouble trouble) {
    switch (trouble) {
      case STORE_GONE -> mount.store.setGone(true);
      case ANOTHER_ROOT -> mount.store.setIdentity("another");
      case DISK_FULL -> space.set(1_000);
    }
  }

  @ParameterizedTest
  @EnumSource(Trouble.class)
  void itsFirstAnswerIsGiven(Trouble trouble) {
    lead(Failpoints.NONE);
    CallRequest request = delete(1, "/data/one");
    Done first = call(request).getDone();
    assertThat(first.getChanged()).isTrue();
    make(trouble);
    lead(Failpoints.NONE);

    CallResponse again = call(request);
    assertThat(again.getDone())
        .as("%s", again)
        .isEqualTo(first.toBuilder().setRepeated(true).build());

    // One that was not made is refused, and so are others under its id.
    refusal(delete(2, "/data/two"));
    assertThat(refusal(delete(1, "/data/two"))).isEqualTo(ErrorCode.OPERATION_ID_REUSED);
  }

  @Test
  void oneThatIsNotSettledIsWaitedFor() throws Exception {
    Stops stops = new Stops();
    lead(stops.at(Failpoints.Point.STORE_CHANGE_DONE));
    CallRequest request = delete(1, "/data/one");
    var cutOff = MetadataServiceGrpc.newFutureStub(channel).call(request);
    stops.await(1);
    make(Trouble.STORE_GONE);
    lead(Failpoints.NONE);
    stops.release();

    assertThat(refusal(delete(2, "/data/two"))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    assertThat(refusal(request)).isEqualTo(ErrorCode.LOCK_TIMEOUT);

    mount.store.setGone(false);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(call(request).getDone().getRepeated()).isTrue());
    assertThat(mount.store.exists("one")).isFalse();
    cutOff.cancel(true);
  }
}

package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.CheckStateRequest;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.testing.TestMaster;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Comparing states where that is not possible. */
@Timeout(60)
class StateCheckServiceTest {
  @Test
  void aViewThatCannotBeHashedIsGivenBackAndItsResultIsFailed(@TempDir Path directory) {
    try (TestMaster master = TestMaster.in(directory).start();
        StateCheckService checks =
            new StateCheckService(
                "m1",
                ClusterMembers.parse("m1=127.0.0.1:1:2:3"),
                () -> {
                  throw new MetadataException(ErrorCode.NOT_LEADER, "not here");
                })) {
      master.client().createDirectory("/a");
      checks.close();
      AppliedView view = master.view();
      checks.hash(view);
      assertThat(checks.result(view.stateIndex()).getState()).isEqualTo("FAILED");
    }
  }

  @Test
  void aCheckThatIsNotJournaledInTimeSaysSo(@TempDir Path directory) {
    ManagedChannel channel = null;
    try (TestMaster master = TestMaster.in(directory).start()) {
      master.client().createDirectory("/a");
      channel = NettyChannelBuilder.forTarget(master.address()).usePlaintext().build();
      // As much as no time at all, for which no entry is on the disk.
      CheckStateResult result =
          AdminServiceGrpc.newBlockingStub(channel)
              .checkState(CheckStateRequest.newBuilder().setTimeoutMillis(-1).build());
      assertThat(result.getError().getCode()).isEqualTo("DEADLINE_EXCEEDED");
    } finally {
      if (channel != null) {
        channel.shutdownNow();
      }
    }
  }
}

package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.GetStatus;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.OperationId;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;

/** Calls to a master of a rehearsal, so that the classes that serve them are loaded. */
public final class RehearsalCalls {
  private RehearsalCalls() {}

  /**
   * A change, a read and a listing; what comes of them does not matter.
   *
   * @param client of its own for each call of this
   */
  public static void make(int port, int client) {
    Caller caller = Caller.newBuilder().setUser(System.getProperty("user.name")).build();
    CallRequest.Builder request = CallRequest.newBuilder().setCaller(caller);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      MetadataServiceGrpc.MetadataServiceBlockingStub stub =
          MetadataServiceGrpc.newBlockingStub(channel);
      stub.call(
          request
              .setOperationId(
                  OperationId.newBuilder()
                      .setMintedMillis(System.currentTimeMillis())
                      .setClient(1 + client)
                      .setSequence(1))
              .setCreateDirectory(CreateDirectory.newBuilder().setPath("/rehearsal-" + client))
              .build());
      stub.call(
          request.clearOperationId().setGetStatus(GetStatus.newBuilder().setPath("/")).build());
      stub.list(ListRequest.newBuilder().setPath("/").setCaller(caller).build())
          .forEachRemaining(page -> {});
    } catch (StatusRuntimeException e) {
      // The classes are loaded all the same.
    } finally {
      channel.shutdownNow();
    }
  }
}

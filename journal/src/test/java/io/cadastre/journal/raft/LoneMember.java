package io.cadastre.journal.raft;

import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;

/**
 * A real Raft server, "m2" of three members, with our settings and our rpc type; who tests it takes
 * the place of the two others and talks to it over the network.
 */
final class LoneMember implements AutoCloseable {
  private final RaftGroupId group = RaftGroupId.randomId();
  private final UnreachableServices unreachable = new UnreachableServices();
  private final RaftServer server;
  private final ManagedChannel channel;
  private long callId;

  LoneMember(Path directory) throws Exception {
    TestCluster cluster = new TestCluster(directory, 3);
    List<RaftPeer> peers =
        cluster.members().stream()
            .map(m -> RaftPeer.newBuilder().setId(m.name()).setAddress(m.raftAddress()).build())
            .toList();
    int port = cluster.members().get(1).raftPort();
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, unreachable);
    server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf("m2"))
            .setGroup(RaftGroup.valueOf(group, peers))
            .setProperties(RatisProperties.of(cluster.settings("m2"), port))
            .setParameters(parameters)
            .setStateMachine(new BaseStateMachine())
            .setOption(RaftStorage.StartupOption.FORMAT)
            .build();
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  RaftServerProtocolServiceGrpc.RaftServerProtocolServiceStub stub() {
    return RaftServerProtocolServiceGrpc.newStub(channel);
  }

  RaftServerProtocolServiceGrpc.RaftServerProtocolServiceBlockingStub blockingStub() {
    return RaftServerProtocolServiceGrpc.newBlockingStub(channel);
  }

  RaftServer.Division division() throws Exception {
    return server.getDivision(group);
  }

  RaftLog log() throws Exception {
    return division().getRaftLog();
  }

  /** What each request to it begins with. */
  RaftRpcRequestProto from(String member) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(ByteString.copyFromUtf8(member))
        .setReplyId(ByteString.copyFromUtf8("m2"))
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString()))
        .setCallId(callId++)
        .build();
  }

  /** Entries for the beginning of the log; a heartbeat if there are none. */
  AppendEntriesRequestProto append(
      String leader, long term, long leaderCommit, List<LogEntryProto> entries) {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(from(leader))
        .setLeaderTerm(term)
        .setLeaderCommit(leaderCommit)
        .addAllEntries(entries)
        .build();
  }

  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    server.close();
    unreachable.close();
  }
}

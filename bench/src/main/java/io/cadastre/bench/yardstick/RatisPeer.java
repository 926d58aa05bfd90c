package io.cadastre.bench.yardstick;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis with a state machine that does nothing, set up like a master's journal, as a process of its
 * own: `RatisPeer GROUP NAME DIRECTORY NAME=PORT...`. Takes lines: `ROLE`, and on the leader `RUN
 * BYTES INFLIGHT MILLIS`, which writes entries from this process as a master does.
 */
public final class RatisPeer {
  private final RaftServer server;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  private RatisPeer(RaftServer server, RaftGroupId group, RaftPeerId self) {
    this.server = server;
    this.group = group;
    this.self = self;
  }

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    RaftGroupId group = RaftGroupId.valueOf(UUID.fromString(arguments[0]));
    RaftPeerId self = RaftPeerId.valueOf(arguments[1]);
    List<RaftPeer> peers = new ArrayList<>();
    int port = 0;
    for (int i = 3; i < arguments.length; i++) {
      String[] parts = arguments[i].split("=");
      peers.add(RaftPeer.newBuilder().setId(parts[0]).setAddress("127.0.0.1:" + parts[1]).build());
      if (parts[0].equals(arguments[1])) {
        port = Integer.parseInt(parts[1]);
      }
    }
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(RaftGroup.valueOf(group, peers))
            .setProperties(properties(new File(arguments[2]), port))
            .setStateMachine(new Nothing())
            .build();
    server.start();
    new RatisPeer(server, group, self).serve();
    server.close();
  }

  private static RaftProperties properties(File directory, int port) {
    RaftProperties p = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(p, List.of(directory));
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, TimeDuration.ONE_SECOND);
    RaftServerConfigKeys.Rpc.setTimeoutMax(
        p, TimeDuration.valueOf(2_000, java.util.concurrent.TimeUnit.MILLISECONDS));
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf("64MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(p, SizeInBytes.valueOf("4MB"));
    RaftServerConfigKeys.Log.setForceSyncNum(p, 1024);
    RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("64MB"));
    RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf("4MB"));
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(
        p, TimeDuration.valueOf(0, java.util.concurrent.TimeUnit.MILLISECONDS));
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        p, TimeDuration.valueOf(5, java.util.concurrent.TimeUnit.SECONDS));
    GrpcConfigKeys.Server.setHost(p, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(p, port);
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("64MB"));
    return p;
  }

  private void serve() throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("READY");
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("ROLE")) {
        boolean leads = server.getDivision(group).getInfo().isLeaderReady();
        System.out.println("ROLE " + (leads ? "LEADER" : "OTHER"));
      } else if (words[0].equals("RUN")) {
        run(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]));
      }
    }
  }

  private void run(int bytes, int inFlight, long millis) throws IOException, InterruptedException {
    RaftClientAsynchronousProtocol division =
        (RaftClientAsynchronousProtocol) server.getDivision(group);
    Semaphore room = new Semaphore(inFlight);
    AtomicLong applied = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    while (System.nanoTime() - end < 0) {
      room.acquire();
      // Filled anew each time, as entries are.
      byte[] entry = new byte[bytes];
      RaftClientRequest request =
          RaftClientRequest.newBuilder()
              .setClientId(clientId)
              .setServerId(self)
              .setGroupId(group)
              .setCallId(callIds.incrementAndGet())
              .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
              .setType(RaftClientRequest.writeRequestType())
              .build();
      CompletableFuture<RaftClientReply> reply = division.submitClientRequestAsync(request);
      reply.whenComplete(
          (answer, failure) -> {
            (failure == null && answer.isSuccess() ? applied : failed).incrementAndGet();
            room.release();
          });
    }
    room.acquire(inFlight);
    System.out.println(
        "RESULT " + applied.get() + " " + failed.get() + " " + (System.nanoTime() - start));
  }

  private static final class Nothing extends BaseStateMachine {
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
      updateLastAppliedTermIndex(
          transaction.getLogEntry().getTerm(), transaction.getLogEntry().getIndex());
      return CompletableFuture.completedFuture(Message.EMPTY);
    }
  }
}

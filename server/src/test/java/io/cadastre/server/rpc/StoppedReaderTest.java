package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that begins a listing, reads a page, and leaves the rest where it is. */
@Timeout(60)
class StoppedReaderTest {
  private static final int ENTRIES = 1_500;
  private static final int WINDOW_BYTES = 64 << 10;

  /** With names that long, the transport is full long before the listing ends. */
  private static final String NAME = "/d/%05d-" + "x".repeat(200);

  private static int listed(MetadataClient client) {
    int entries = 0;
    try (ListStream pages = client.list("/d", ListOptions.DEFAULT)) {
      while (pages.hasNext()) {
        entries += pages.next().entries().size();
      }
    }
    return entries;
  }

  @Test
  void keepsItsViewNoLongerThanForItsLife(@TempDir Path directory) {
    try (TestMaster master =
        TestMaster.in(directory)
            .with("cadastre.master.list.views.max", "1")
            .with("cadastre.master.list.view.idle", "1s")
            .with("cadastre.master.list.view.life", "1s")
            .start()) {
      MetadataClient client = master.client();
      client.createDirectory("/d");
      client
          .batch(
              IntStream.range(0, ENTRIES)
                  .mapToObj(i -> String.format(NAME, i))
                  .map(path -> Operation.createDirectory(path, DirectoryOptions.DEFAULT))
                  .toList())
          .forEach(CompletableFuture::join);
      ManagedChannel channel =
          NettyChannelBuilder.forTarget(master.address())
              .usePlaintext()
              .flowControlWindow(WINDOW_BYTES)
              .build();
      try {
        Iterator<ListPage> stopped =
            MetadataServiceGrpc.newBlockingStub(channel)
                .list(
                    ListRequest.newBuilder()
                        .setPath("/d")
                        .setCaller(Caller.newBuilder().setUser("admin"))
                        .setPageEntries(10)
                        .build());
        assertThat(stopped.next().getEntriesCount()).isEqualTo(10);

        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptionsInstanceOf(MetadataException.class)
            .until(() -> listed(client.withRetries(false)) == ENTRIES);

        // It was not at its end: it gets what was on its way, and then the reason.
        ListPage last = ListPage.getDefaultInstance();
        while (stopped.hasNext()) {
          last = stopped.next();
        }
        assertThat(last.getError().getCode()).isEqualTo("VIEW_EXPIRED");
      } finally {
        channel.shutdownNow();
      }
    }
  }
}

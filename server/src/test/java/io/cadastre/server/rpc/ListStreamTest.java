package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.namespace.listing.ListService;
import io.cadastre.server.namespace.listing.ListViews;
import io.cadastre.server.namespace.listing.Listing;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.PathResolver;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who pumps a listing, and when it gives its view back. */
@Timeout(60)
class ListStreamTest {
  private static final Caller ADMIN = new Caller("admin", List.of(), true, "test");
  private static final ListRequest REQUEST =
      ListRequest.newBuilder().setPath("/d").setPageEntries(2).build();
  private static final Duration LONG = Duration.ofHours(1);

  private final AuditLog audit = new AuditLog("m1", lines -> {});
  private final Scans scans = new Scans();
  private final Reader reader = new Reader();
  private final CompletableFuture<Listing> opening = new CompletableFuture<>();
  private TestMaster master;

  /** Runs tasks at once, or has no room for them. */
  private static final class Scans implements Executor {
    private boolean full;

    @Override
    public void execute(Runnable task) {
      if (full) {
        throw new RejectedExecutionException("full");
      }
      task.run();
    }
  }

  /** A client with room for so many pages. */
  private static final class Reader extends ServerCallStreamObserver<byte[]> {
    private final List<ListPage> pages = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private boolean cancelled;
    private boolean completed;
    private Runnable onReady;
    private Runnable onCancel;

    void ready() {
      onReady.run();
    }

    void cancel() {
      cancelled = true;
      onCancel.run();
    }

    List<String> names() {
      return pages.stream()
          .flatMap(page -> page.getEntriesList().stream().map(FileStatus::getName))
          .toList();
    }

    /** The code of the error that the listing ended with. */
    String error() {
      return pages.get(pages.size() - 1).getError().getCode();
    }

    @Override
    public void onNext(byte[] page) {
      try {
        pages.add(ListPage.parseFrom(page));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public boolean isReady() {
      return pages.size() < room;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void setCompression(String compression) {}
  }

  @BeforeEach
  void start(@TempDir Path directory) {
    master = TestMaster.in(directory).start();
    for (String path : List.of("/d", "/d/a", "/d/b", "/d/c")) {
      master.client().createDirectory(path);
    }
    new ListStream(reader, REQUEST, ADMIN, scans, audit).start(() -> opening);
  }

  @AfterEach
  void stop() {
    master.close();
    audit.close();
  }

  private static ListViews views(Duration life) {
    return new ListViews(1, Duration.ZERO, life);
  }

  private void open(ListViews views) {
    ListService lists =
        new ListService("m1", new PathResolver(new DirectoryCache(10)), views, 2_000);
    opening.complete(lists.open(REQUEST, ADMIN, master.view(), 1, ""));
  }

  /** All of it, and its view is given back. */
  private void assertListed(ListViews views) {
    assertThat(reader.names()).containsExactly("a", "b", "c");
    assertThat(reader.completed).isTrue();
    assertFree(views);
  }

  private static void assertFree(ListViews views) {
    views.sweep();
    assertThat(views.size()).isZero();
  }

  @Test
  void anEventThatFindsNoRoomBeforeTheListingIsOpenIsNotMissed() {
    scans.full = true;
    reader.ready();
    scans.full = false;

    ListViews views = views(LONG);
    open(views);

    assertListed(views);
  }

  @Test
  void aListingThatIsCancelledAfterSuchAnEventGivesItsViewBack() {
    scans.full = true;
    reader.ready();
    scans.full = false;
    reader.room = 1;
    ListViews views = views(LONG);
    open(views);

    reader.cancel();

    assertThat(reader.names()).containsExactly("a", "b");
    assertFree(views);
  }

  @Test
  void aListingThatIsOpenAndFindsNoRoomFails() {
    scans.full = true;
    ListViews views = views(LONG);
    open(views);

    assertThat(reader.error()).isEqualTo("BUSY");
    assertThat(reader.completed).isTrue();
    assertFree(views);

    scans.full = false;
    reader.ready();
    reader.cancel();
    assertThat(reader.pages).hasSize(1);
  }

  @Test
  void aListingIsOverWithItsLastPageThoughTheClientTakesNoMore() {
    reader.room = 2;
    ListViews views = views(LONG);
    open(views);

    assertListed(views);
  }

  @Test
  void aReaderThatHasStoppedLosesItsViewWhenItsLifeIsOver() {
    reader.room = 1;
    ListViews views = views(Duration.ofMillis(200));
    open(views);

    await()
        .untilAsserted(
            () -> {
              views.sweep();
              assertThat(views.size()).isZero();
            });

    assertThat(reader.error()).isEqualTo("VIEW_EXPIRED");
    assertThat(reader.completed).isTrue();
  }
}

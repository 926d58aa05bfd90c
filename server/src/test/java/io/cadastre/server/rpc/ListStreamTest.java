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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

  private final List<String> audited = Collections.synchronizedList(new ArrayList<>());
  private final AuditLog audit =
      new AuditLog("m1", lines -> Collections.addAll(audited, lines.toString().split("\n")));
  private final Scans scans = new Scans();
  private final TestingReader<byte[]> reader = new TestingReader<>();
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

  private List<ListPage> pages() {
    return reader.messages.stream().map(ListStreamTest::page).toList();
  }

  private static ListPage page(byte[] bytes) {
    try {
      return ListPage.parseFrom(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> names() {
    return pages().stream()
        .flatMap(page -> page.getEntriesList().stream().map(FileStatus::getName))
        .toList();
  }

  /** The code of the error that the listing ended with. */
  private String error() {
    return page(reader.last()).getError().getCode();
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
    assertThat(names()).containsExactly("a", "b", "c");
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

    assertThat(names()).containsExactly("a", "b");
    assertFree(views);
    await()
        .untilAsserted(
            () ->
                assertThat(audited)
                    .singleElement()
                    .asString()
                    .contains("user=admin from=test op=list path=/d result=LEFT "));
  }

  @Test
  void aListingThatIsOpenAndFindsNoRoomFails() {
    scans.full = true;
    ListViews views = views(LONG);
    open(views);

    assertThat(error()).isEqualTo("BUSY");
    assertThat(reader.completed).isTrue();
    assertFree(views);

    scans.full = false;
    reader.ready();
    reader.cancel();
    assertThat(reader.messages).hasSize(1);
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

    assertThat(error()).isEqualTo("VIEW_EXPIRED");
    assertThat(reader.completed).isTrue();
  }
}

package io.cadastre.client;

import static io.cadastre.client.Clients.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ListStreamTest {
  private static final int PAGE_ENTRIES = 100;

  private final FakeMaster one = FakeMaster.leader("m1", 1);
  private final FakeMaster two = FakeMaster.follower("m2");
  private final List<ListRequest> requests = new ArrayList<>();

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  private static ListPage page(int number, boolean last) {
    ListPage.Builder page =
        ListPage.newBuilder()
            .setServed(ServedAt.newBuilder().setStateIndex(77).setTerm(1).setNode("m1"))
            .setResumeToken(ByteString.copyFromUtf8(Integer.toString(number)))
            .setLast(last);
    for (int i = 0; i < PAGE_ENTRIES; i++) {
      page.addEntries(FileStatus.newBuilder().setName(String.format("%05d-%03d", number, i)));
    }
    return page.build();
  }

  private static int firstPage(ListRequest request) {
    return request.getResumeToken().isEmpty()
        ? 0
        : Integer.parseInt(request.getResumeToken().toStringUtf8()) + 1;
  }

  /** Sends pages as the transport takes them, up to `end`, and then does `after`. */
  private void serve(
      ListRequest request, ServerCallStreamObserver<ListPage> out, int end, Runnable after) {
    requests.add(request);
    int[] next = {firstPage(request)};
    AtomicBoolean over = new AtomicBoolean();
    out.setOnReadyHandler(
        () -> {
          while (out.isReady() && next[0] < end) {
            out.onNext(page(next[0], next[0] == 99));
            next[0]++;
          }
          if (next[0] == end && over.compareAndSet(false, true)) {
            after.run();
          }
        });
  }

  private static List<String> names(ListStream stream) {
    List<String> names = new ArrayList<>();
    stream.forEachRemaining(page -> page.entries().forEach(entry -> names.add(entry.getName())));
    return names;
  }

  private static void assertComplete(List<String> names) {
    assertThat(names).hasSize(100 * PAGE_ENTRIES).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void allPagesComeInOrder() {
    one.lister = (request, out) -> serve(request, out, 100, out::onCompleted);
    try (MetadataClient client = Clients.of(one).build();
        ListStream stream = client.list("/d", ListOptions.DEFAULT.withPageEntries(PAGE_ENTRIES))) {
      assertThat(stream.hasNext()).isTrue();
      Page first = stream.next();
      assertThat(first.served()).isEqualTo(new Served(77, 1, "m1", 0, ""));
      assertThat(first.resumeToken().toStringUtf8()).isEqualTo("0");

      assertThat(names(stream)).hasSize(99 * PAGE_ENTRIES).isSorted();
      assertThat(client.lastSeenIndex()).isEqualTo(77);
    }
    assertThat(requests.get(0).getPageEntries()).isEqualTo(PAGE_ENTRIES);
  }

  /** The reader does not read: the master must come to a stop, not fill our memory. */
  @Test
  void theMasterIsHeldBackWhileNobodyReads() {
    AtomicInteger sent = new AtomicInteger();
    one.lister =
        (request, out) ->
            out.setOnReadyHandler(
                () -> {
                  while (out.isReady() && sent.get() < 200_000) {
                    out.onNext(page(sent.getAndIncrement(), false));
                  }
                });
    try (MetadataClient client = Clients.of(one).listPrefetchPages(2).build();
        ListStream stream = client.list("/d")) {
      assertThat(stream.hasNext()).isTrue();
      await().during(Duration.ofMillis(300)).until(() -> sent.get() < 5_000);
      int before = sent.get();
      for (int i = 0; i < 5_000; i++) {
        stream.next();
      }
      assertThat(before).isLessThan(5_000);
      assertThat(sent.get()).isBetween(5_000, 15_000);
    }
  }

  @Test
  void closingEarlyTellsTheMaster() {
    AtomicBoolean cancelled = new AtomicBoolean();
    one.lister =
        (request, out) -> {
          out.setOnCancelHandler(() -> cancelled.set(true));
          out.onNext(page(0, false));
        };
    try (MetadataClient client = Clients.of(one).build()) {
      try (ListStream stream = client.list("/d")) {
        stream.next();
      }
      await().untilTrue(cancelled);
    }
  }

  @Test
  void aBrokenListingGoesOnWhereItWas() {
    one.lister =
        (request, out) ->
            serve(
                request,
                out,
                requests.isEmpty() ? 40 : 100,
                requests.size() > 1
                    ? out::onCompleted
                    : () -> out.onError(Status.UNAVAILABLE.asException()));
    try (MetadataClient client = Clients.of(one).build();
        ListStream stream = client.list("/d", ListOptions.DEFAULT.withLimit(1_000_000))) {
      List<String> names = new ArrayList<>();
      int pages = 0;
      while (stream.hasNext()) {
        Page page = stream.next();
        page.entries().forEach(entry -> names.add(entry.getName()));
        if (++pages == 40) {
          one.lister = (request, out) -> serve(request, out, 100, out::onCompleted);
        }
      }
      assertComplete(names);
    }
    assertThat(requests.get(1).getResumeToken().toStringUtf8()).isEqualTo("39");
    // In all: the token says how many came before.
    assertThat(requests.get(1).getLimit()).isEqualTo(1_000_000);
  }

  /** Such as a master of another make: nothing but the limit can say what came before. */
  @Test
  void withoutATokenABrokenListingAsksForWhatIsLeftOfItsLimit() {
    one.lister =
        (request, out) -> {
          requests.add(request);
          out.onNext(page(0, requests.size() > 1).toBuilder().clearResumeToken().build());
          if (requests.size() > 1) {
            out.onCompleted();
          } else {
            out.onError(Status.UNAVAILABLE.asException());
          }
        };
    try (MetadataClient client = Clients.of(one).build();
        ListStream stream = client.list("/d", ListOptions.DEFAULT.withLimit(1_000))) {
      stream.forEachRemaining(page -> {});
    }
    assertThat(requests.get(1).getLimit()).isEqualTo(1_000 - PAGE_ENTRIES);
  }

  @Test
  void aListingFollowsTheLeader() {
    one.lister =
        (request, out) ->
            out.onError(
                StatusMapper.toStatus(
                    new MetadataException(ErrorCode.NOT_LEADER, "no")
                        .with("leader", two.address())));
    two.lister = (request, out) -> serve(request, out, 100, out::onCompleted);
    try (MetadataClient client = Clients.of(one, two).build()) {
      client.exists("/leader-is-known");
      one.follows(two.address());
      two.leads(2);

      assertComplete(names(client.list("/d")));
    }
  }

  @Test
  void aFrozenMasterIsLeftInTheMiddleOfAListing() {
    one.lister = (request, out) -> serve(request, out, 10, () -> {});
    two.lister = (request, out) -> serve(request, out, 100, out::onCompleted);
    try (MetadataClient client = Clients.of(one, two).silentAfter(Duration.ofMillis(100)).build();
        ListStream stream = client.list("/d", ListOptions.DEFAULT.withAllowNewerView(true))) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        stream.next().entries().forEach(entry -> names.add(entry.getName()));
      }
      one.frozen = true;
      two.leads(2);

      names.addAll(names(stream));

      assertComplete(names);
      assertThat(requests.get(1).getAllowNewerView()).isTrue();
    }
  }

  @Test
  void aFrozenMasterThatIsInDoubtAndBreaksOffIsLookedForAnew() {
    one.lister = (request, out) -> serve(request, out, 10, () -> {});
    two.lister = (request, out) -> serve(request, out, 100, out::onCompleted);
    try (MetadataClient client =
            Clients.of(one, two)
                .silentAfter(Duration.ofMillis(100))
                .probePause(Duration.ofMillis(20))
                .build();
        ListStream stream = client.list("/d", ListOptions.DEFAULT.withAllowNewerView(true))) {
      assertThat(client.exists("/calls-have-a-stream-of-their-own").value()).isTrue();
      for (int i = 0; i < 10; i++) {
        stream.next();
      }
      one.frozen = true;
      int beforeDoubt = two.probes.get();
      CompletableFuture<List<String>> rest = CompletableFuture.supplyAsync(() -> names(stream));
      await().until(() -> two.probes.get() > beforeDoubt);
      one.breakStreams();
      int broken = two.probes.get();
      await().until(() -> two.probes.get() > broken + 4);
      two.leads(2);

      assertThat(Clients.get(rest)).isNotEmpty();
    }
  }

  @Test
  void anErrorInAPageIsTheListingsError() {
    one.lister =
        (request, out) -> {
          out.onNext(page(0, false));
          out.onNext(
              ListPage.newBuilder()
                  .setError(
                      io.cadastre.core.api.ErrorInfos.toProto(
                          new MetadataException(ErrorCode.VIEW_EXPIRED, "gone")))
                  .build());
          out.onCompleted();
        };
    try (MetadataClient client = Clients.of(one).build();
        ListStream stream = client.list("/d")) {
      stream.next();

      assertThat(failureOf(stream::next).code()).isEqualTo(ErrorCode.VIEW_EXPIRED);
      assertThat(stream.hasNext()).isFalse();
    }
  }

  @Test
  void aPageThatDoesNotComeIsNotWaitedForForEver() {
    one.lister = (request, out) -> {};
    try (MetadataClient client = Clients.of(one).silentAfter(Duration.ofMillis(50)).build();
        ListStream stream = client.withTimeout(Duration.ofMillis(300)).list("/d")) {
      assertThat(failureOf(stream::next).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void whoeverWaitsForAPageIsToldSoIfNobodySaysInTimeWhoLeads() {
    one.lister = (request, out) -> one.frozen = true;
    try (MetadataClient client = Clients.of(one).silentAfter(Duration.ofMillis(50)).build();
        ListStream stream = client.withTimeout(Duration.ofMillis(300)).list("/d")) {
      MetadataException failure = failureOf(stream::next);

      assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
      assertThat(failure.context().get("last error")).contains("No master leads");
    }
  }
}

package io.cadastre.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.s3.S3Server;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.HttpFaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * What a recursive load of a bucket takes where each request takes its time, next to an AWS client
 * that does nothing but list: page after page, and the same ranges at once. Run by
 * `scripts/prove/sync-4`, as its figures mean something only on a machine that does nothing else.
 */
@EnabledIfSystemProperty(named = "cadastre.proof.objects", matches = "\\d+")
class FlatLoadProof {
  private static final int OBJECTS = Integer.getInteger("cadastre.proof.objects", 100_000);
  private static final boolean JUDGED = OBJECTS >= 100_000;
  private static final int ROUNDS = 5;

  /** Without latency, to warm both sides up: the first rounds belong to the compilers. */
  private static final int WARM_ROUNDS = 4;

  private static final int PAGE = 1_000;

  /** What the master asks for by default: six at work, four for each. */
  private static final int RANGES = 24;

  private static final LoadOptions LOAD = LoadOptions.DEFAULT.withRecursive(true);

  @TempDir Path directory;

  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
  private boolean good = true;

  @Test
  void aLoadIsAsFastAsItsListings() throws Exception {
    try (S3Server server = new S3Server();
        HttpFaultProxy proxy = new HttpFaultProxy(server.address());
        TestMaster master = TestMaster.in(directory)) {
      for (int i = 0; i < OBJECTS; i++) {
        server.write(String.format("many/p%04d/part-%05d", i % 1_000, i / 1_000), 1);
        server.write(String.format("one/part-%08d", i), 1);
      }
      proxy.on(this::count).cut();
      URI endpoint = proxy.endpoint();
      master
          .with("cadastre.master.ufs.deadline", "5m")
          .with("cadastre.master.raft.election.timeout.min", "2s")
          .with("cadastre.master.raft.election.timeout.max", "4s")
          .withHttp()
          .start();
      int[] latencies = JUDGED ? new int[] {20, 100} : new int[] {20};
      for (String prefix : List.of("many", "one")) {
        measure(prefix, 0, WARM_ROUNDS, endpoint, proxy, master, false);
        for (int latency : latencies) {
          measure(prefix, latency, ROUNDS, endpoint, proxy, master, true);
        }
      }
    }
    assertThat(good).isTrue();
  }

  /** Counts a request by its kind; never strikes. */
  private boolean count(HttpFaultProxy.Request request) {
    String target = request.target();
    String kind = request.method();
    if (target.contains("list-type=2")) {
      boolean whole = target.contains("max-keys=" + PAGE);
      kind =
          !whole ? "LIST of a few keys" : target.contains("delimiter") ? "LIST of a level" : "LIST";
    }
    requests.computeIfAbsent(kind, any -> new LongAdder()).increment();
    return false;
  }

  private Map<String, Long> counted() {
    Map<String, Long> counts = new TreeMap<>();
    requests.forEach((kind, count) -> counts.put(kind, count.sum()));
    requests.clear();
    return counts;
  }

  private void measure(
      String prefix,
      int latency,
      int rounds,
      URI endpoint,
      HttpFaultProxy proxy,
      TestMaster master,
      boolean told)
      throws Exception {
    MetadataClient client = master.client();
    long serial = Long.MAX_VALUE;
    long parallel = Long.MAX_VALUE;
    long load = Long.MAX_VALUE;
    long again = Long.MAX_VALUE;
    Map<String, Long> counts = Map.of();
    Map<String, Long> countsAgain = Map.of();
    try (S3Client bare = bare(endpoint);
        UnderFileSystem store = open(endpoint, prefix)) {
      proxy.latency(Duration.ofMillis(latency));
      // In turns, as the machine has better and worse moments.
      for (int round = 0; round < rounds; round++) {
        // What was unmounted is reclaimed in the background, beside whatever comes next.
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> master.http("/metrics").contains("cadastre_reclaim_pending 0"));
        serial = Math.min(serial, millis(() -> assertAll(pages(bare, prefix + "/", null, null))));
        parallel = Math.min(parallel, millis(() -> assertAll(inRanges(bare, store, prefix))));
        client.mount("/" + prefix, "s3://" + S3Server.BUCKET + "/" + prefix, options(endpoint));
        counted();
        LoadMetadataProgress first = load(client, "/" + prefix, LOAD);
        counts = counted();
        assertThat(first.getCreated()).isEqualTo(OBJECTS + (prefix.equals("many") ? 1_000 : 0));
        load = Math.min(load, first.getElapsedMillis());
        LoadMetadataProgress second = load(client, "/" + prefix, LOAD.withForce(true));
        countsAgain = counted();
        assertThat(second.getUnchanged()).isEqualTo(first.getCreated());
        again = Math.min(again, second.getElapsedMillis());
        client.unmount("/" + prefix);
      }
    }
    if (told) {
      String what =
          String.format("%s prefix, %3d ms", prefix.equals("one") ? "1" : "1,000", latency);
      System.out.printf(
          "FIGURE %s: serial listing %,6d ms, the same ranges at once %,6d ms%n",
          what, serial, parallel);
      judge(what + ": first load", serial, parallel, load, counts);
      judge(what + ": comparison", serial, parallel, again, countsAgain);
    }
  }

  private void judge(String what, long serial, long parallel, long load, Map<String, Long> counts) {
    double faster = (double) serial / load;
    double share = 100.0 * parallel / load;
    boolean fast = faster >= 5 || share >= 80;
    long pages = counts.getOrDefault("LIST", 0L);
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    // The first page of the search for split points is a whole one too.
    long mostPages = OBJECTS / PAGE + 2L * RANGES + 1;
    long most = OBJECTS / PAGE + 2L * RANGES + 2L * RANGES + 8 + 4;
    boolean few = pages <= mostPages && all <= most;
    good &= few && (fast || !JUDGED);
    System.out.printf(
        "FIGURE %s %,6d ms: %.1fx a serial listing (5 wanted), or %.0f %% of ranges at once (80):"
            + " %s; requests %s (at most %d): %s%n",
        what,
        load,
        faster,
        share,
        fast ? "yes" : JUDGED ? "NO" : "not judged",
        counts,
        most,
        few ? "yes" : "NO");
  }

  private static LoadMetadataProgress load(
      MetadataClient client, String path, LoadOptions options) {
    LoadMetadataProgress progress = client.loadMetadata(path, options, part -> {});
    assertThat(progress.getFailed()).isZero();
    assertThat(progress.getFiles()).isEqualTo(OBJECTS);
    return progress;
  }

  private static long millis(Callable<?> what) throws Exception {
    long begin = System.nanoTime();
    what.call();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }

  private static int assertAll(int keys) {
    assertThat(keys).isEqualTo(OBJECTS);
    return keys;
  }

  /** Lists a range page after page; returns how many keys it has. */
  private static int pages(S3Client bare, String prefix, String startAfter, String endAt) {
    int keys = 0;
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          bare.listObjectsV2(
              request ->
                  request
                      .bucket(S3Server.BUCKET)
                      .prefix(prefix)
                      .startAfter(from == null ? startAfter : null)
                      .continuationToken(from)
                      .maxKeys(PAGE));
      keys +=
          (int)
              page.contents().stream()
                  .filter(object -> endAt == null || object.key().compareTo(endAt) <= 0)
                  .count();
      boolean beyond =
          endAt != null
              && !page.contents().isEmpty()
              && page.contents().get(page.contents().size() - 1).key().compareTo(endAt) > 0;
      token = beyond ? null : page.nextContinuationToken();
    } while (token != null);
    return keys;
  }

  /** What the load asks for: split points, and then the ranges between them, all at once. */
  private static int inRanges(S3Client bare, UnderFileSystem store, String prefix)
      throws Exception {
    List<String> points = store.splitPoints("", RANGES, StoreDeadline.after(Duration.ofMinutes(5)));
    ExecutorService threads = Executors.newFixedThreadPool(RANGES);
    try {
      List<Future<Integer>> ranges = new ArrayList<>();
      String from = null;
      for (int i = 0; i <= points.size(); i++) {
        String startAfter = from;
        String endAt = i == points.size() ? null : prefix + "/" + points.get(i);
        ranges.add(threads.submit(() -> pages(bare, prefix + "/", startAfter, endAt)));
        from = endAt;
      }
      int keys = 0;
      for (Future<Integer> range : ranges) {
        keys += range.get();
      }
      return keys;
    } finally {
      threads.shutdownNow();
    }
  }

  private static S3Client bare(URI endpoint) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(64))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(S3Server.KEY_ID, S3Server.SECRET)))
        .build();
  }

  private static UnderFileSystem open(URI endpoint, String prefix) {
    return new UnderFileSystems()
        .open(
            "s3://" + S3Server.BUCKET + "/" + prefix,
            UfsSettings.of(
                Map.of(
                    "s3.endpoint", endpoint.toString(),
                    "s3.access.key.id", S3Server.KEY_ID,
                    "s3.secret.key", S3Server.SECRET)));
  }

  private MountOptions options(URI endpoint) throws IOException {
    Path id = Files.writeString(directory.resolve("id"), S3Server.KEY_ID);
    Path key = Files.writeString(directory.resolve("key"), S3Server.SECRET);
    return MountOptions.DEFAULT.withProperties(
        Map.of(
            "s3.endpoint", endpoint.toString(),
            "s3.access.key.id", "file:" + id,
            "s3.secret.key", "file:" + key));
  }
}

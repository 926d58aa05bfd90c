package io.cadastre.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.LoadOptions;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bucket's operator bills is told: in the summary of a load, and in the metrics. */
class S3RequestsTest {
  private static final LoadOptions ALL = LoadOptions.DEFAULT.withRecursive(true);

  @TempDir Path directory;

  @Test
  void aLoadTellsItsRequestsAndTheirPrice() throws Exception {
    try (S3StoreFixture bucket = new S3StoreFixture(directory.resolve("secrets"));
        TestMaster master = TestMaster.in(directory.resolve("master"))) {
      for (int i = 0; i < 20; i++) {
        bucket.write("d" + i % 4 + "/f" + i, 1);
      }
      master.withHttp();
      master.start();
      Map<String, String> options = new HashMap<>(bucket.options());
      options.put("s3.prices", "LIST=5,HEAD=0.4");
      master.client().mount("/priced", bucket.uri(), MountOptions.DEFAULT.withProperties(options));
      LoadMetadataProgress end = master.client().loadMetadata("/priced", ALL, progress -> {});
      assertThat(end.getCreated()).isEqualTo(24);
      long lists = end.getRequestsMap().getOrDefault("LIST", 0L);
      assertThat(lists).isBetween(1L, 12L);
      long heads = end.getRequestsMap().getOrDefault("HEAD", 0L);
      assertThat(end.getPriceDollars())
          .isCloseTo((lists * 5 + heads * 0.4) / 1_000, within(0.000_001));
      assertThat(master.http("/metrics"))
          .containsPattern("cadastre_ufs_requests_total\\{mount=\"/priced\",kind=\"list\"} [1-9]")
          .containsPattern("cadastre_ufs_price_dollars\\{mount=\"/priced\"} 0\\.[0-9]*[1-9]");
      master.client().unmount("/priced");
      await().until(() -> !master.http("/metrics").contains("mount=\"/priced\""));
    }
  }

  @Test
  void anEndpointOfItsOwnHasNoPriceUnlessOneIsNamed() throws Exception {
    try (S3StoreFixture bucket = new S3StoreFixture(directory.resolve("secrets"));
        TestMaster master = TestMaster.in(directory.resolve("master"))) {
      bucket.write("d/f", 1);
      master.start();
      master
          .client()
          .mount("/m", bucket.uri(), MountOptions.DEFAULT.withProperties(bucket.options()));
      LoadMetadataProgress end = master.client().loadMetadata("/m", ALL, progress -> {});
      assertThat(end.getRequestsMap()).containsKey("LIST");
      assertThat(end.getPriceDollars()).isZero();
    }
  }
}

package io.cadastre.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.metrics.MetricName;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of metrics and what a master publishes are the same. */
class MetricsPresentTest {
  /** S3RequestsTest has these. */
  private static final Set<MetricName> OF_OBJECT_STORES =
      Set.of(MetricNames.UFS_REQUESTS, MetricNames.UFS_PRICE_DOLLARS);

  @Test
  void everyNameIsPublishedAndTheFiguresMove(@TempDir Path directory) {
    MemoryStore store = MemoryStore.named("metrics-" + System.nanoTime());
    store.write("d/file", 1);
    try (TestMaster master = TestMaster.in(directory).withHttp().start()) {
      MetadataClient client = master.client();
      client.mount("/m", store.uri(), MountOptions.DEFAULT);
      client.loadMetadata("/m", LoadOptions.DEFAULT.withRecursive(true), progress -> {});
      client.createFile("/file", FileOptions.DEFAULT);
      assertThatThrownBy(() -> client.getStatus("/nothing")).isInstanceOf(Exception.class);
      try (ListStream pages = client.list("/m/d", ListOptions.DEFAULT)) {
        pages.forEachRemaining(page -> {});
      }
      String text = master.http("/metrics");
      List<String> missing =
          MetricNames.all().stream()
              .filter(metric -> !OF_OBJECT_STORES.contains(metric))
              .map(MetricName::name)
              .filter(name -> !text.contains("# TYPE " + name.replace('.', '_')))
              .toList();
      assertThat(missing).isEmpty();
      assertThat(value(text, "cadastre_raft_leader")).isEqualTo(1);
      assertThat(value(text, "cadastre_raft_leader_changes_total")).isPositive();
      assertThat(value(text, "cadastre_journal_applied_index")).isPositive();
      assertThat(value(text, "cadastre_journal_append_micros_count")).isPositive();
      assertThat(value(text, "cadastre_list_entries_total")).isEqualTo(1);
      assertThat(value(text, "cadastre_sync_created_total")).isEqualTo(2);
      assertThat(value(text, "cadastre_sync_runs_total{result=\"clean\"}")).isPositive();
      assertThat(value(text, "cadastre_ufs_micros_count{op=\"status\"}")).isPositive();
      assertThat(value(text, "cadastre_store_memtable_bytes")).isPositive();
      assertThat(value(text, "cadastre_disk_free_bytes")).isEqualTo((double) Long.MAX_VALUE);
      assertThat(value(text, "cadastre_calls_in_progress")).isZero();
      assertThat(value(text, "cadastre_journal_fenced_total")).isZero();
    }
  }

  private static double value(String text, String series) {
    Matcher matcher =
        Pattern.compile("(?m)^" + Pattern.quote(series) + " ([-0-9.eE+]+)$").matcher(text);
    assertThat(matcher.find()).as(series).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}

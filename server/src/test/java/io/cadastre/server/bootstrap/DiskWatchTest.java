package io.cadastre.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.FileOptions;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.ReportLine;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is nearly full. */
class DiskWatchTest {
  private static final long MIN = 1_000_000;

  private final AtomicLong space = new AtomicLong(MIN);

  /** Three masters of which this one leads until it has handed over. */
  private static final class ThreeMasters implements DiskWatch.Quorum {
    private final List<String> handedTo = new ArrayList<>();
    private boolean leads = true;
    private boolean refuse;

    @Override
    public boolean leads() {
      return leads;
    }

    @Override
    public List<String> successors() {
      return List.of("m2", "m3");
    }

    @Override
    public void handOver(String node) {
      handedTo.add(node);
      if (refuse) {
        throw new MetadataException(ErrorCode.UNAVAILABLE, "not now");
      }
      leads = false;
    }
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  @Test
  void aLeaderHandsOverToOneAfterTheOtherWithGrowingPauses(@TempDir Path directory) {
    ThreeMasters masters = new ThreeMasters();
    masters.refuse = true;
    // Closed before it begins to look by itself.
    try (DiskWatch watch = new DiskWatch(directory, MIN, space::get)) {
      watch.start(masters);
      watch.close();
      watch.look(0);
      assertThatCode(watch::checkWrite).doesNotThrowAnyException();
      space.set(MIN - 1);
      watch.look(seconds(2));
      watch.look(seconds(4));
      assertThat(masters.handedTo).containsExactly("m2");
      watch.look(seconds(13));
      watch.look(seconds(32));
      assertThat(masters.handedTo).containsExactly("m2", "m3");
      masters.refuse = false;
      watch.look(seconds(34));
      assertThat(masters.handedTo).containsExactly("m2", "m3", "m2");
      watch.look(seconds(1_000));
      assertThat(masters.handedTo).hasSize(3);
      // Just above the minimum is not enough.
      space.set(MIN);
      watch.look(seconds(1_002));
      assertThat(watch.isLow()).isTrue();
      space.set(2 * MIN);
      watch.look(seconds(1_004));
      assertThat(watch.isLow()).isFalse();
    }
  }

  @Test
  void aMasterAloneRefusesWritesBeforeTheJournalAndReadsGoOn(@TempDir Path directory) {
    MemoryStore store = MemoryStore.named("disk-" + System.nanoTime());
    store.write("file", 1);
    try (TestMaster master =
        TestMaster.in(directory)
            .with("cadastre.master.disk.free.min", "1MB")
            .with("cadastre.master.metadata.sync.mark.delay", "0")
            .withDiskSpace(space::get)
            .withHttp()) {
      space.set(100_000_000);
      master.start();
      MetadataClient client = master.client();
      client.createFile("/before", FileOptions.DEFAULT);
      client.mount("/m", store.uri(), MountOptions.DEFAULT);
      assertThat(master.http("/health")).doesNotContain("bytes free");
      space.set(1_000);
      await().until(() -> master.http("/metrics").contains("\ncadastre_disk_low 1\n"));
      MetadataClient once = client.withRetries(false);
      String answers = line(master, "cadastre_calls_micros_count{op=\"create_file\"}");
      long nextId = nextInodeId(master);
      for (Runnable write :
          List.<Runnable>of(
              () -> once.createFile("/after", FileOptions.DEFAULT),
              () -> once.unmount("/m"),
              () -> once.loadMetadata("/m", LoadOptions.DEFAULT, p -> {}))) {
        assertThatThrownBy(write::run)
            .isInstanceOfSatisfying(
                MetadataException.class,
                e -> {
                  // The same master is asked again, which the others are no better than.
                  assertThat(e.code()).isEqualTo(ErrorCode.BUSY);
                  assertThat(e.getMessage())
                      .contains(directory.toString())
                      .contains("cadastre.master.disk.free.min");
                });
      }
      // Answered, but without an inode of its own.
      assertThat(line(master, "cadastre_calls_micros_count{op=\"create_file\"}"))
          .isNotEqualTo(answers);
      assertThat(nextInodeId(master)).isEqualTo(nextId);
      assertThat(once.listMounts().value().getMountsCount()).isEqualTo(1);
      assertThat(once.exists("/after").value()).isFalse();
      assertThat(master.http("/metrics")).contains("\ncadastre_disk_free_bytes 1000\n");
      assertThat(master.http("/health")).contains("1000 bytes free");
      assertThat(client.admin().report(master.address()).getLinesList())
          .extracting(ReportLine::getValue)
          .anyMatch(value -> value.contains("only 1000 bytes free"));

      space.set(100_000_000);
      // The client tries again until it is taken.
      client.withTimeout(Duration.ofSeconds(20)).createFile("/after", FileOptions.DEFAULT);
      assertThat(once.exists("/after").value()).isTrue();
      assertThat(master.http("/health")).doesNotContain("bytes free");
    }
  }

  private static String line(TestMaster master, String series) {
    return master
        .http("/metrics")
        .lines()
        .filter(line -> line.startsWith(series))
        .findFirst()
        .orElse("");
  }

  private static long nextInodeId(TestMaster master) {
    return master.client().admin().report(master.address()).getLinesList().stream()
        .filter(line -> line.getKey().equals("next inode id"))
        .mapToLong(line -> Long.parseLong(line.getValue()))
        .findFirst()
        .orElseThrow();
  }
}

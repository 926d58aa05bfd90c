package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigKeysTest {
  /**
   * Every key and its default. A change here is a change for users: say so in the release notes.
   */
  private static final String EXPECTED =
      """
      cadastre.cluster.members = m1=127.0.0.1:19870:19871:19872
      cadastre.master.name = m1
      cadastre.master.bind.address = 127.0.0.1
      cadastre.master.storage.dir = data/master
      cadastre.master.disk.free.min = 256MB
      cadastre.security.insecure.network = false
      cadastre.security.superuser = the user that runs the master
      cadastre.security.supergroup = supergroup
      cadastre.masters = 127.0.0.1:19871
      cadastre.user.call.timeout = 60s
      cadastre.user.retry.pause.max = 1s
      cadastre.user.file.metadata.sync.interval = -1
      cadastre.user.file.metadata.load.type = ONCE
      cadastre.user.file.metadata.sync.schedule = -1
      cadastre.master.metadata.sync.tasks.running = 2
      cadastre.master.metadata.sync.tasks.kept = 100
      cadastre.master.metadata.sync.concurrency.level = 6
      cadastre.master.metadata.sync.executor.pool.size = max(4, cores)
      cadastre.master.metadata.sync.access.pool.size = max(32, 10 x cores)
      cadastre.master.metadata.sync.ufs.prefetch.pool.size = max(32, 10 x cores)
      cadastre.master.metadata.sync.status.cache.max.entries = 100000
      cadastre.master.metadata.sync.directories.in.memory = 100000
      cadastre.master.metadata.sync.mark.delay = 1s
      cadastre.master.metadata.sync.absent.cache.max.entries = 100000
      cadastre.master.metadata.sync.delete.guard.count = 10000
      cadastre.master.metadata.sync.delete.guard.share = 0.5
      cadastre.master.metadata.sync.deletes.in.memory = 20000
      cadastre.master.metadata.sync.deletes.spill.max = 1GB
      cadastre.master.metadata.sync.batch.records = 2000
      cadastre.master.metadata.sync.rest = 0.25
      cadastre.master.file.incomplete.ttl = 24h
      cadastre.master.file.incomplete.scan.interval = 10m
      cadastre.master.ufs.deadline = 30s
      cadastre.master.ufs.breaker.failures = 5
      cadastre.master.ufs.breaker.window = 5m
      cadastre.master.ufs.breaker.pause.min = 1s
      cadastre.master.ufs.breaker.pause.max = 1m
      cadastre.master.ufs.plugins.dir = lib/ufs of the installation
      cadastre.ufs.listing.sort.memory = 64MB
      cadastre.master.reclaim.entries.per.second = 100000
      cadastre.master.list.page.entries = 2000
      cadastre.master.list.views.max = 64
      cadastre.master.list.view.idle = 60s
      cadastre.master.list.view.life = 10m
      cadastre.master.call.timeout = 30s
      cadastre.master.calls.max = 10000
      cadastre.master.planner.threads = max(2, cores)
      cadastre.master.store.threads = 32
      cadastre.master.lock.timeout = 10s
      cadastre.master.lock.exclusive.patience = 50ms
      cadastre.master.directory.cache.entries = 200000
      cadastre.master.operations.life = 10m
      cadastre.master.operations.max = 1000000
      cadastre.master.journal.batch.bytes = 256KB
      cadastre.master.journal.batch.records = 10000
      cadastre.master.journal.entries.in.flight = 4
      cadastre.master.journal.queue.bytes = 64MB
      cadastre.master.journal.queue.operations = 20000
      cadastre.master.journal.format.raise = true
      cadastre.master.raft.election.timeout.min = 500ms
      cadastre.master.raft.election.timeout.max = 900ms
      cadastre.master.raft.segment.size = 16MB
      cadastre.master.raft.log.preservation = 100
      cadastre.master.snapshot.entries = 400000
      cadastre.master.snapshot.bytes = 1GB
      cadastre.master.snapshot.interval = 1h
      cadastre.master.store.block.cache = 64MB
      cadastre.master.store.write.buffer = 16MB
      cadastre.master.store.max.wal = 128MB
      cadastre.master.http.enabled = true
      cadastre.master.raft.unsafe.no.fsync = false
      cadastre.master.raft.lease = true
      cadastre.test.failpoints =
      """;

  @Test
  void theseAreAllKeysAndTheirDefaults() {
    String actual =
        ConfigKeys.all().stream()
            .map(key -> key.name() + " = " + key.defaultDoc())
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n", "", "\n"));
    assertThat(actual).isEqualTo(EXPECTED);
  }

  @Test
  void everyDefaultIsWithinItsOwnRange() {
    for (ConfigKey<?> key : ConfigKeys.all()) {
      assertThat(key.defaultValue()).as(key.name()).isNotNull();
    }
    assertThat(ConfigRules.problems(ConfigScope.MASTER, Configuration.defaults())).isEmpty();
  }

  @Test
  void everyKeyIsDocumented() {
    for (ConfigKey<?> key : ConfigKeys.all()) {
      assertThat(key.name()).matches("cadastre(\\.[a-z]+)+");
      assertThat(key.doc()).as(key.name()).matches("(?s)[A-Z].{15,}\\.").doesNotContain("|");
      assertThat(key.scopes()).as(key.name()).isNotEmpty();
      assertThat(key.unit()).as(key.name()).isNotEmpty();
    }
  }

  @Test
  void defaultsHaveTheTypesThatCodeUses() {
    Configuration defaults = Configuration.defaults();
    assertThat(defaults.get(ConfigKeys.RAFT_ELECTION_TIMEOUT_MIN))
        .isEqualTo(Duration.ofMillis(500));
    assertThat(defaults.get(ConfigKeys.JOURNAL_BATCH_BYTES)).isEqualTo(256L * 1024);
    assertThat(defaults.get(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL)).isNegative();
    assertThat(defaults.get(ConfigKeys.USER_FILE_METADATA_LOAD_TYPE))
        .isEqualTo(MetadataLoadType.ONCE);
    assertThat(defaults.get(ConfigKeys.SECURITY_SUPERUSER))
        .isEqualTo(System.getProperty("user.name"));
    assertThat(defaults.get(ConfigKeys.MASTER_STORAGE_DIR))
        .isEqualTo(Path.of("data/master").toAbsolutePath());
    assertThat(defaults.get(ConfigKeys.PLANNER_THREADS))
        .isEqualTo(Math.max(2, Runtime.getRuntime().availableProcessors()));
    assertThat(defaults.get(ConfigKeys.MASTERS)).containsExactly(new HostPort("127.0.0.1", 19871));
    assertThat(defaults.origin(ConfigKeys.MASTERS)).isEqualTo("default");
  }

  @Test
  void anUnknownKeyIsAnsweredWithTheNearestOne() {
    assertThatThrownBy(() -> ConfigKeys.require("cadastre.master.storage.dirs", ConfigScope.MASTER))
        .hasMessage(
            "cadastre.master.storage.dirs: there is no such key; did you mean"
                + " cadastre.master.storage.dir?")
        .extracting(e -> ((MetadataException) e).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThatThrownBy(() -> ConfigKeys.require("cadaster.master.name", ConfigScope.MASTER))
        .hasMessageContaining("did you mean cadastre.master.name?");
    assertThatThrownBy(() -> ConfigKeys.require("x".repeat(100_000), ConfigScope.MASTER))
        .hasMessageContaining("docs/configuration.md lists them all");
  }

  @Test
  void aKeyOfAnotherScopeIsTold() {
    assertThatThrownBy(() -> ConfigKeys.require("cadastre.masters", ConfigScope.POLICY))
        .hasMessage("cadastre.masters: has no effect here; its scope is CLIENT, not POLICY");
    assertThat(ConfigKeys.require("cadastre.user.file.metadata.sync.interval", ConfigScope.POLICY))
        .isSameAs(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL);
  }

  @Test
  void editDistanceCountsInsertionsRemovalsAndReplacements() {
    assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.edits("", "abc")).isEqualTo(3);
    assertThat(NearestName.edits("abc", "")).isEqualTo(3);
    assertThat(NearestName.edits("same", "same")).isZero();
  }
}

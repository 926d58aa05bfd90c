package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.CallerIdentity;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user may not list is not told by other ways either: counts, comparisons, dry runs. */
@Timeout(60)
class SubtreePermissionsTest {
  private static final LoadOptions DRY = LoadOptions.DEFAULT.withForce(true).withDryRun(true);

  private SyncFixture sync;
  private MetadataClient bob;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    sync.store.write("open/file", 1);
    sync.store.write("open/sub/file", 1);
    sync.store.write("half/closed/file", 1);
    sync.store.attributes("", "alice", "staff", 0755);
    sync.store.attributes("open", "alice", "staff", 0755);
    sync.store.attributes("open/sub", "alice", "staff", 0755);
    sync.store.attributes("half", "alice", "staff", 0755);
    sync.store.attributes("half/closed", "alice", "staff", 0700);
    sync.start();
    sync.load("/m", SyncFixture.ALL_AGAIN);
    sync.store.write("open/new", 1);
    sync.store.write("half/closed/new", 1);
    bob = sync.client.withCaller(new CallerIdentity("bob", List.of()));
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  private static void assertDenied(ThrowingCallable call, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
        .hasMessageContaining(words);
  }

  @Test
  void countsOfWhatMayBeListed() {
    assertThat(bob.count("/m/open").value().getFiles()).isEqualTo(1 + 1);
    assertThat(bob.count("/m/open/file").value().getFiles()).isEqualTo(1);
    assertDenied(() -> bob.count("/m/half"), "/m/half/closed");
    assertDenied(() -> bob.count("/m/half/closed"), "/m/half/closed");
    assertDenied(() -> bob.count("/m"), "/m/half/closed");
    assertThat(sync.client.count("/m/half").value().getFiles()).isEqualTo(1);
    MetadataClient alice = sync.client.withCaller(new CallerIdentity("alice", List.of()));
    assertThat(alice.count("/m/half").value().getFiles()).isEqualTo(1);
  }

  @Test
  void differencesOfWhatMayBeListed() {
    List<Difference> found = new ArrayList<>();
    bob.diff("/m/open", false, found::add);
    assertThat(found).anyMatch(difference -> difference.getPath().equals("/m/open/new"));
    assertDenied(() -> bob.diff("/m/half/closed", false, found::add), "/m/half/closed");
    assertDenied(() -> bob.diff("/m/open", true, found::add), "only a super-user");
    assertDenied(() -> bob.diff("/m/open/new", false, found::add), "only a super-user");
  }

  @Test
  void dryRunsOverWhatMayBeListed() {
    List<String> found = new ArrayList<>();
    bob.loadMetadata("/m/open", DRY, progress -> found.addAll(progress.getDifferencesList()));
    assertThat(found).contains("create /m/open/new");
    assertDenied(() -> bob.loadMetadata("/m/half/closed", DRY, p -> {}), "/m/half/closed");
    assertDenied(
        () -> bob.loadMetadata("/m/open", DRY.withRecursive(true), p -> {}), "only a super-user");
    // What it would change is not told by a load that does it.
    bob.loadMetadata("/m/open", LoadOptions.DEFAULT.withRecursive(true), p -> {});
  }
}

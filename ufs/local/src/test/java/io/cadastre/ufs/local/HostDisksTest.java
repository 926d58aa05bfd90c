package io.cadastre.ufs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostDisksTest {
  @TempDir Path directory;

  private static HostDisks disks(String option) {
    return new HostDisks(UfsSettings.of(Map.of(HostDisks.PARALLEL, option)));
  }

  @ParameterizedTest
  @CsvSource({"true, false", "TRUE, false", "false, true"})
  void theOptionDecides(String option, boolean here) throws IOException {
    HostDisks disks = disks(option);
    assertThat(disks.isHere()).isEqualTo(here);
    disks.look(directory);
    assertThat(disks.isHere()).isEqualTo(here);
  }

  @Test
  void withoutItTheTypeOfTheFileSystemDoes() throws IOException {
    HostDisks disks = disks("auto");
    assertThat(disks.isHere()).isFalse();
    disks.look(Path.of("/proc").toFile().exists() ? Path.of("/proc") : directory);
    assertThat(disks.isHere()).isFalse();
  }

  @Test
  void aStoreKnowsOnceItsRootWasLookedAt() throws IOException {
    String type = Files.getFileStore(directory).type();
    try (UnderFileSystem store = new UnderFileSystems().open(directory.toString(), Map.of())) {
      assertThat(store.isOnThisHost()).isFalse();
      store.rootIdentity(StoreDeadline.after(Duration.ofSeconds(30)));
      assertThat(store.isOnThisHost())
          .as(type)
          .isEqualTo(type.matches("ext[234]|xfs|btrfs|zfs|tmpfs|overlay"));
    }
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> disks("maybe"))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("file.parallel")
        .hasMessageContaining("'maybe': expected auto, true or false");
  }
}

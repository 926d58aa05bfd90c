package io.cadastre.cli.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a command sends of the client's file, of -D and of its own options. */
class ReadMixinTest {
  @TempDir Path directory;

  private ReadOptions options(String file, List<String> overrides, String... arguments)
      throws Exception {
    Path path = Files.writeString(directory.resolve("client.properties"), file);
    ReadMixin mixin = CommandLine.populateCommand(new ReadMixin(), arguments);
    return mixin.options(
        ConfigurationLoader.load(
            ConfigScope.CLIENT, path, ConfigurationLoader.overrides(overrides)));
  }

  @Test
  void nothingSaidSendsNothing() throws Exception {
    assertThat(options("", List.of())).isEqualTo(ReadOptions.DEFAULT);
  }

  @Test
  void theFileIsADefaultAndTheRestIsTheCalls() throws Exception {
    String file =
        "cadastre.user.file.metadata.sync.interval=7s\n"
            + "cadastre.user.file.metadata.load.type=NEVER\n";
    ReadOptions fromFile = options(file, List.of());
    assertThat(fromFile)
        .isEqualTo(
            ReadOptions.DEFAULT
                .withDefaultSyncIntervalMillis(7_000)
                .withDefaultLoadType(LoadType.NEVER));
    ReadOptions overridden =
        options(file, List.of("-Dcadastre.user.file.metadata.sync.interval=3s"));
    assertThat(overridden.syncIntervalMillis()).isEqualTo(OptionalLong.of(3_000));
    assertThat(overridden.loadType()).isEqualTo(LoadType.LOAD_TYPE_DEFAULT);
    ReadOptions said =
        options(
            file,
            List.of("-Dcadastre.user.file.metadata.sync.interval=3s"),
            "--sync-interval",
            "1s",
            "--load-type",
            "ALWAYS");
    assertThat(said.syncIntervalMillis()).isEqualTo(OptionalLong.of(1_000));
    assertThat(said.loadType()).isEqualTo(LoadType.ALWAYS);
  }
}

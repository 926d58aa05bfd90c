package io.cadastre.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.cli.tools.StorageTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a local cluster: what is written, and what is refused. */
final class LocalStateTest {
  private static final UUID CLUSTER = UUID.fromString("00000000-0000-0000-0000-0000000000aa");

  @TempDir private Path temporary;

  private LocalDirectory directory() {
    return new LocalDirectory(temporary.resolve("cluster"));
  }

  private LocalSetup setup() {
    return new LocalSetup(directory(), new StorageTools());
  }

  @Test
  void threeConsecutivePortsForEachMaster() {
    assertThat(LocalState.plan(CLUSTER, 3, 19_870).members().toString())
        .isEqualTo(
            "m1=127.0.0.1:19870:19871:19872,m2=127.0.0.1:19873:19874:19875,"
                + "m3=127.0.0.1:19876:19877:19878");
    assertThatThrownBy(() -> LocalState.plan(CLUSTER, 3, 65_530))
        .isInstanceOf(CliFailure.class)
        .hasMessageContaining("65536");
  }

  @Test
  void writesConfigurationsAndFormatsEachStorageWithOneClusterId() throws IOException {
    Files.createDirectories(directory().path());

    LocalState made =
        setup()
            .create(
                LocalState.plan(CLUSTER, 3, 20_000), Map.of("cadastre.master.calls.max", "500"));

    assertThat(made.formatted()).isTrue();
    assertThat(LocalState.load(directory())).contains(made);
    Map<String, String> conf = PropertiesFile.read(directory().master("m2").configFile());
    assertThat(conf)
        .containsEntry("cadastre.master.name", "m2")
        .containsEntry("cadastre.cluster.members", made.members().toString())
        .containsEntry("cadastre.master.storage.dir", directory().master("m2").storage().toString())
        .containsEntry("cadastre.master.calls.max", "500");
    for (String name : made.members().names()) {
      var identity = new StorageTools().identity(directory().master(name).storage()).orElseThrow();
      assertThat(identity.clusterId()).isEqualTo(CLUSTER);
      assertThat(identity.node()).isEqualTo(name);
    }
  }

  @Test
  void finishesAnInterruptedFirstStart() throws IOException {
    Files.createDirectories(directory().path());
    LocalState planned = LocalState.plan(CLUSTER, 3, 20_000);
    planned.save(directory());
    new StorageTools().format(directory().master("m1").storage(), "m1", CLUSTER);
    var before = new StorageTools().identity(directory().master("m1").storage());

    LocalState finished = setup().finish(LocalState.load(directory()).orElseThrow());

    assertThat(finished.formatted()).isTrue();
    assertThat(new StorageTools().identity(directory().master("m1").storage())).isEqualTo(before);
    assertThat(new StorageTools().identity(directory().master("m3").storage())).isPresent();
  }

  @Test
  void aLostStorageIsNotReplacedInSilence() throws IOException {
    Files.createDirectories(directory().path());
    LocalState made = setup().create(LocalState.plan(CLUSTER, 1, 20_000), Map.of());
    Files.delete(directory().master("m1").storage().resolve("identity.properties"));

    setup().finish(made);

    assertThat(new StorageTools().identity(directory().master("m1").storage())).isEmpty();
  }

  @Test
  void doesNotMixWithWhatIsThere() throws IOException {
    Files.createDirectories(directory().path());
    Path mine = Files.writeString(directory().path().resolve("mine"), "x");
    LocalState planned = LocalState.plan(CLUSTER, 1, 20_000);

    assertThatThrownBy(() -> setup().create(planned, Map.of()))
        .isInstanceOfSatisfying(
            CliFailure.class, e -> assertThat(e.exit()).isEqualTo(ExitCodes.CONFLICT))
        .hasMessageContaining("mine");
    assertThat(mine).hasContent("x");
    assertThat(directory().stateFile()).doesNotExist();
  }

  @Test
  void changesKeysOfAClusterThatIsThereAndKeepsTheRest() throws IOException {
    Files.createDirectories(directory().path());
    LocalState made = setup().create(LocalState.plan(CLUSTER, 1, 20_000), Map.of());

    setup().change(made, Map.of("cadastre.master.calls.max", "500"));

    assertThat(PropertiesFile.read(directory().master("m1").configFile()))
        .containsEntry("cadastre.master.calls.max", "500")
        .containsEntry("cadastre.master.name", "m1");
    assertThatThrownBy(() -> setup().change(made, Map.of("cadastre.master.name", "x")))
        .hasMessageContaining("`local start` sets this itself");
    assertThatThrownBy(() -> setup().change(made, Map.of("cadastre.master.cals.max", "5")))
        .hasMessageContaining("cadastre.master.calls.max");
  }

  @Test
  void aDamagedStateFileIsSaid() throws IOException {
    Files.createDirectories(directory().path());
    Files.writeString(directory().stateFile(), "cluster.id=no\n");

    assertThatThrownBy(() -> LocalState.load(directory()))
        .isInstanceOf(CliFailure.class)
        .hasMessageContaining("local.properties is damaged");
  }

  @Test
  void oneCommandAtATime() {
    try (LocalDirectory.Lock held = directory().lock()) {
      assertThat(held.channel().isOpen()).isTrue();
      assertThatThrownBy(() -> directory().lock())
          .isInstanceOf(CliFailure.class)
          .hasMessageContaining("is at work in");
    }
    directory().lock().close();
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      LocalState state = LocalState.plan(CLUSTER, 1, taken.getLocalPort());

      assertThatThrownBy(() -> PortCheck.requireFree(state.member("m1")))
          .isInstanceOf(CliFailure.class)
          .hasMessageContaining("Port 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("Raft port of m1")
          .hasMessageContaining("--base-port");
    }
  }

  @Test
  void aRecycledProcessNumberIsNoMaster() throws IOException {
    MasterDirectory master = directory().master("m1");
    master.create();
    MasterProcess process = new MasterProcess(master);
    // This very process: alive, but no master of that directory.
    process.remember(ProcessHandle.current().pid());

    assertThat(process.state()).isEqualTo(ProcessTable.State.GONE);
    assertThat(process.pid()).isEmpty();
    assertThat(process.signal(Signal.KILL)).isFalse();
  }

  @Test
  void wipesOnlyTheTemporaryFiles() throws IOException {
    MasterDirectory master = directory().master("m1");
    master.create();
    master.wipeTmp();
    Path outside = Files.writeString(temporary.resolve("outside"), "x");
    Files.createDirectories(master.tmp().resolve("a/b"));
    Files.writeString(master.tmp().resolve("a/b/librocksdb.so"), "x");
    Files.createSymbolicLink(master.tmp().resolve("link"), outside);
    Files.createSymbolicLink(master.tmp().resolve("dir"), temporary);

    master.wipeTmp();

    assertThat(master.tmp()).isEmptyDirectory();
    assertThat(outside).hasContent("x");
    assertThat(master.storage()).exists();
  }
}

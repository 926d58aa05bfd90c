package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLoaderTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void chooseFile() {
    file = dir.resolve("x.properties");
  }

  private Configuration master(String text, String... overrides) throws IOException {
    Files.writeString(file, text);
    return ConfigurationLoader.load(
        ConfigScope.MASTER, file, ConfigurationLoader.overrides(List.of(overrides)));
  }

  private void refused(String text, String message, String... overrides) {
    assertThatThrownBy(() -> master(text, overrides))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessage(message.replace("FILE", file.toString()));
  }

  @Test
  void valuesAndWhereTheyComeFrom() throws IOException {
    Configuration configuration =
        master(
            "# comment\ncadastre.master.name = m1 \ncadastre.master.lock.timeout=3s\n",
            "-Dcadastre.master.lock.timeout=4s",
            "-Dcadastre.master.call.timeout=1s",
            "-Dcadastre.master.call.timeout=2s");
    assertThat(configuration.get(ConfigKeys.MASTER_NAME)).isEqualTo("m1");
    assertThat(configuration.origin(ConfigKeys.MASTER_NAME)).isEqualTo(file + ":2");
    assertThat(configuration.get(ConfigKeys.LOCK_TIMEOUT)).hasSeconds(4);
    assertThat(configuration.origin(ConfigKeys.LOCK_TIMEOUT)).isEqualTo("-D");
    assertThat(configuration.get(ConfigKeys.CALL_TIMEOUT)).hasSeconds(2);
    assertThat(configuration.origin(ConfigKeys.CALLS_MAX)).isEqualTo("default");
    assertThat(configuration.isSet(ConfigKeys.CALLS_MAX)).isFalse();
    assertThat(configuration.explicit())
        .isEqualTo(
            Map.of(
                "cadastre.master.name", "m1",
                "cadastre.master.lock.timeout", "4s",
                "cadastre.master.call.timeout", "2s"));
  }

  @Test
  void oneFileServesMastersAndClients() throws IOException {
    String text = "cadastre.masters=a:1\ncadastre.master.name=m1\n";
    assertThat(master(text).get(ConfigKeys.MASTERS)).containsExactly(new HostPort("a", 1));
    assertThat(
            ConfigurationLoader.load(ConfigScope.CLIENT, file, Map.of())
                .get(ConfigKeys.MASTER_NAME))
        .isEqualTo("m1");
  }

  @Test
  void anOverrideOfAnotherScopeIsRefused() {
    refused(
        "",
        "cadastre.masters: has no effect here; its scope is CLIENT, not MASTER; -D",
        "-Dcadastre.masters=a:1");
  }

  @Test
  void unknownKeysAreRefusedWithTheNearestOne() {
    refused(
        "\ncadastre.master.nam=m1\n",
        "cadastre.master.nam: there is no such key; did you mean cadastre.master.name?; FILE:2");
    refused(
        "",
        "cadastre.master.nme: there is no such key; did you mean cadastre.master.name?; -D",
        "-Dcadastre.master.nme=m1");
    refused(
        "master.name=m1",
        "master.name: there is no such key; docs/configuration.md lists them all; FILE:1");
  }

  @Test
  @Tag("bad-input:config.many")
  void allProblemsAreReportedAtOnce() {
    refused(
        """
        cadastre.master.calls.max=many
        cadastre.master.http.enabled=yes
        cadastre.master.name=m1
        cadastre.master.name=m1
        """,
        """
        cadastre.master.calls.max: got 'many' (not a whole number); expected a whole number from 1 \
        to 10000000; FILE:1
        cadastre.master.http.enabled: got 'yes'; expected true or false; FILE:2
        cadastre.master.name: set twice, at FILE:3 and at FILE:4; remove one of them""");
  }

  @Test
  void linesWithoutAKeyAreRefused() {
    refused("=x\n", "line without a key: expected key=value; FILE:1");
  }

  @Test
  void valuesThatContradictEachOtherAreRefused() {
    refused(
        "cadastre.master.raft.election.timeout.min=900ms",
        "cadastre.master.raft.election.timeout.min: '900ms' (FILE:1) must be less than"
            + " cadastre.master.raft.election.timeout.max: '900ms' (default)");
    refused(
        "cadastre.master.list.view.life=5s",
        "cadastre.master.list.view.idle: '60s' (default) must be at most"
            + " cadastre.master.list.view.life: '5s' (FILE:1)");
    refused(
        "cadastre.cluster.members=a=h:1:2:3,b=h:4:5:6",
        "cadastre.master.name: 'm1' (default) is not one of the members a, b of"
            + " cadastre.cluster.members (FILE:1)");
  }

  @Test
  void onlyLoopbackIsBoundUnlessAskedFor() throws IOException {
    refused(
        "cadastre.master.bind.address=0.0.0.0",
        "cadastre.master.bind.address: '0.0.0.0' (FILE:1) is not a loopback address, and callers"
            + " are not authenticated yet; use 127.0.0.1, or set"
            + " cadastre.security.insecure.network=true if everybody on that network may do"
            + " anything");
    master("cadastre.master.bind.address=localhost");
    master("cadastre.master.bind.address=::1");
    master("cadastre.master.bind.address=0.0.0.0\ncadastre.security.insecure.network=true");
  }

  @Test
  void clientsDoNotCareForTheRulesOfMasters() {
    Map<String, String> overrides = Map.of("cadastre.user.call.timeout", "1s");
    assertThat(
            ConfigurationLoader.load(ConfigScope.CLIENT, overrides)
                .get(ConfigKeys.USER_CALL_TIMEOUT))
        .hasSeconds(1);
  }

  @Test
  void filesThatCannotBeRead() throws IOException {
    String start = "The configuration file FILE ";
    assertThatThrownBy(() -> ConfigurationLoader.load(ConfigScope.MASTER, file, Map.of()))
        .hasMessage(
            (start
                    + "does not exist; copy conf/cadastre-site.properties.template to begin with one")
                .replace("FILE", file.toString()));
    assertThatThrownBy(() -> ConfigurationLoader.load(ConfigScope.MASTER, dir, Map.of()))
        .hasMessageContaining("is a directory");
    refused("a=\\uzzzz", start + "cannot be read: Malformed \\uxxxx encoding.; FILE:1");
    refused("#".repeat((1 << 20) + 1), start + "is larger than 1048576 bytes");
  }

  @Test
  void overridesOfTheWrongForm() {
    for (String argument : List.of("-D", "-Dx", "-D=1", "x=1", "--x=1")) {
      assertThatThrownBy(() -> ConfigurationLoader.overrides(List.of(argument)))
          .hasMessageContaining("expected -Dkey=value");
    }
    assertThat(ConfigurationLoader.overrides(List.of("-Da=b=c", "-Dd=")))
        .isEqualTo(Map.of("a", "b=c", "d", ""));
  }

  @Test
  void settingOneMore() {
    Configuration one = Configuration.defaults().with(ConfigKeys.CALLS_MAX, "5", "test");
    assertThat(one.get(ConfigKeys.CALLS_MAX)).isEqualTo(5);
    assertThat(one.origin(ConfigKeys.CALLS_MAX)).isEqualTo("test");
    assertThat(Configuration.defaults().get(ConfigKeys.CALLS_MAX)).isEqualTo(10_000);
  }
}

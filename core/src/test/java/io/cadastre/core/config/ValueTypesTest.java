package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, 500",
    "10s, 10000",
    "5m, 300000",
    "24h, 86400000",
    "7d, 604800000",
    "1500, 1500",
    "10 s, 10000",
    "0, 0",
    "-1, -1"
  })
  void durations(String text, long millis) {
    assertThat(DurationType.betweenOrNever("0", "3650d").parse(text))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "10S",
        "10 M",
        "10x",
        "-2",
        "-1s",
        "1.5s",
        "1e3",
        "5m30s",
        "0x10",
        "٣s",
        "3651d",
        "9223372036854775807d",
        "99999999999999999999"
      })
  void notDurations(String text) {
    assertThatThrownBy(() -> DurationType.betweenOrNever("0", "3650d").parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void neverIsOnlyAllowedWhereItIsSaid() {
    assertThatThrownBy(() -> DurationType.between("0", "1h").parse("-1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "64KB, 65536",
    "64MB, 67108864",
    "1GB, 1073741824",
    "1tb, 1099511627776",
    "4096, 4096",
    "4096B, 4096",
    "64k, 65536",
    "2 MiB, 2097152",
  })
  void byteSizes(String text, long bytes) {
    assertThat(ByteSizeType.between("0", "1TB").parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MB", "-1", "1.5GB", "64PB", "2TB", "9999999999999TB", "64 M B"})
  void notByteSizes(String text) {
    assertThatThrownBy(() -> ByteSizeType.between("0", "1TB").parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "11", "1.0", "ten", "99999999999999999999", "0x5"})
  void notWholeNumbers(String text) {
    assertThatThrownBy(() -> ValueTypes.integer(1, 10, "things").parse(text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ValueTypes.longInteger(1, 10, "things").parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NaN", "Infinity", "-0.1", "1.1", "half"})
  void notShares(String text) {
    assertThatThrownBy(() -> ValueTypes.decimal(0, 1, "share").parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void booleansAreNotGuessed() {
    assertThat(ValueTypes.bool().parse("TRUE")).isTrue();
    assertThat(ValueTypes.bool().parse("false")).isFalse();
    for (String text : new String[] {"", "yes", "1", "on", "truee"}) {
      assertThatThrownBy(() -> ValueTypes.bool().parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void choicesIgnoreCase() {
    ValueType<MetadataLoadType> type = ValueTypes.oneOf(MetadataLoadType.class);
    assertThat(type.parse("always")).isEqualTo(MetadataLoadType.ALWAYS);
    assertThat(type.expected()).isEqualTo("one of NEVER, ONCE, ALWAYS");
    assertThatThrownBy(() -> type.parse("twice")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pathsAreMadeAbsolute() {
    assertThat(ValueTypes.path().parse("a/../b")).isEqualTo(Path.of("b").toAbsolutePath());
    assertThat(ValueTypes.path().parse("/x")).isEqualTo(Path.of("/x"));
    assertThatThrownBy(() -> ValueTypes.path().parse("~/data")).hasMessageContaining("'~'");
    assertThatThrownBy(() -> ValueTypes.path().parse("a\0b")).hasMessageContaining("not a path");
    assertThatThrownBy(() -> ValueTypes.path().parse("")).hasMessage("empty");
  }

  @Test
  void addresses() {
    assertThat(ValueTypes.hostPorts().parse("a:1, [::1]:2,10.0.0.1:65535"))
        .containsExactly(
            new HostPort("a", 1), new HostPort("::1", 2), new HostPort("10.0.0.1", 65535));
    assertThat(new HostPort("::1", 2)).hasToString("[::1]:2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a:",
        ":1",
        "a:0",
        "a:65536",
        "a:-1",
        "a:1:2",
        "a:1,",
        "a:1,a:1",
        "a b:1",
        "http://a:1",
        "[::1]",
        "[::1]2",
        "::1:2",
        "[]:1",
        "a:+1",
        "a:99999999999"
      })
  void notAddresses(String text) {
    assertThatThrownBy(() -> ValueTypes.hostPorts().parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theErrorNamesKeyValueProblemExpectationAndPlace() {
    assertThatThrownBy(() -> ConfigKeys.RAFT_ELECTION_TIMEOUT_MIN.parse("5 weeks", "f:3"))
        .isInstanceOf(MetadataException.class)
        .hasMessage(
            "cadastre.master.raft.election.timeout.min: got '5 weeks' (unknown unit 'weeks');"
                + " expected a duration from 50ms to 5m, such as 500ms, 10s, 5m, 24h or 7d (a bare"
                + " number is milliseconds); f:3");
  }

  @Test
  void aSecretIsNeverShown() {
    ConfigKey<HostPort> key =
        new ConfigKey<>(
            ConfigSection.SECURITY,
            Set.of(ConfigScope.MASTER),
            "cadastre.test.secret",
            new SecretAddress(),
            () -> "",
            "",
            "A secret.",
            true);
    assertThat(key.shown("hunter2")).isEqualTo("***");
    assertThatThrownBy(() -> key.parse("hunter2", "f:1"))
        .hasMessageContaining("***")
        .hasMessageNotContaining("hunter2");
  }

  private static final class SecretAddress implements ValueType<HostPort> {
    @Override
    public HostPort parse(String text) {
      return HostPort.parse(text);
    }

    @Override
    public String expected() {
      return "host:port";
    }

    @Override
    public String unit() {
      return "address";
    }

    @Override
    public String range() {
      return "";
    }
  }
}

package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterMembersTest {
  @Test
  void readsAndWritesTheList() {
    String text = "m1=127.0.0.1:1:2:3,m2=host-b:1:2:3,m3=[::1]:4:5:6";
    ClusterMembers members = ClusterMembers.parse(text);
    assertThat(members).hasToString(text).isEqualTo(ClusterMembers.parse(" " + text + " "));
    assertThat(members.names()).containsExactly("m1", "m2", "m3");
    assertThat(members.byName("m2")).contains(new ClusterMember("m2", "host-b", 1, 2, 3));
    assertThat(members.byName("m4")).isEmpty();
    assertThat(members.all().get(2).rpc()).hasToString("[::1]:5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|an entry is empty",
        "m1=a:1:2:3,|an entry is empty",
        "a:1:2:3|'a:1:2:3' does not start with NAME=",
        "=a:1:2:3|does not start with NAME=",
        "m 1=a:1:2:3|'m 1' is not a name of 1 to 64 letters, digits, '-' and '_'",
        "m1=a|'m1=a' is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=a:1:2|'m1=a:1:2' is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=a:1:2:3:4|is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=[::1]|is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=::1:1:2:3|is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=:1:2:3|is not NAME=HOST:RAFT:RPC:HTTP",
        "m1=a:x:2:3|'m1=a:x:2:3': 'x' is not a port between 1 and 65535",
        "m1=a:1:2:70000|'m1=a:1:2:70000': port 70000 is not between 1 and 65535",
        "m1=a:1:2:0|port 0 is not between 1 and 65535",
        "m1=a b:1:2:3|'a b' is not a host name or address",
        "m1=a:1:2:3,m1=a:4:5:6|the name 'm1' is there twice",
        "m1=a:1:2:2|a:2 is both m1's client port and m1's HTTP port",
        "m1=a:1:2:3,m2=a:4:1:6|a:1 is both m1's Raft port and m2's client port",
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> ClusterMembers.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void tooManyAreRefused() {
    String text =
        IntStream.rangeClosed(1, 10)
            .mapToObj(i -> "m" + i + "=host" + i + ":1:2:3")
            .collect(Collectors.joining(","));
    assertThatThrownBy(() -> ClusterMembers.parse(text)).hasMessage("10 members; at most 9");
  }
}

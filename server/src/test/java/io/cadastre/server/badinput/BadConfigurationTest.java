package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.server.testing.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files and `-D` settings that a master does not start with. */
class BadConfigurationTest {
  @TempDir private Path directory;
  private MasterProgram program;
  private Path file;
  private Path storage;

  @BeforeEach
  void prepare() throws IOException {
    program = MasterProgram.in(directory);
    file = directory.resolve("site.properties");
    storage = directory.resolve("storage");
  }

  @AfterEach
  void nothingWasMade() {
    assertThat(storage).doesNotExist();
  }

  private void refuses(String text, String... words) throws Exception {
    Files.writeString(file, "cadastre.master.storage.dir=" + storage + "\n" + text + "\n");
    refuses(List.of(), words);
  }

  private void refuses(List<String> more, String... words) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--conf", file.toString()));
    arguments.addAll(more);
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = file.toString();
    program.run(arguments.toArray(String[]::new)).refuses(1, more.isEmpty() ? all : words);
  }

  @Test
  @Tag("bad-input:config.key")
  void anUnknownKey() throws Exception {
    refuses(
        "cadastre.master.lock.timeuot=3s",
        "cadastre.master.lock.timeuot: there is no such key; did you mean"
            + " cadastre.master.lock.timeout?",
        ":2");
  }

  @Test
  @Tag("bad-input:config.unit")
  void aWrongUnit() throws Exception {
    refuses(
        "cadastre.master.lock.timeout=3 parsecs\ncadastre.master.store.block.cache=64 quarts",
        "cadastre.master.lock.timeout: got '3 parsecs'",
        "expected a duration",
        ":2",
        "cadastre.master.store.block.cache: got '64 quarts'",
        "expected a size",
        ":3");
  }

  @Test
  @Tag("bad-input:config.range")
  void aNumberOutOfRange() throws Exception {
    refuses(
        "cadastre.master.calls.max=99999999",
        "cadastre.master.calls.max: got '99999999'",
        "a whole number from 1 to 10000000");
  }

  @Test
  @Tag("bad-input:config.negative")
  void aNegativeNumber() throws Exception {
    refuses(
        "cadastre.master.store.threads=-4\ncadastre.master.lock.timeout=-1s",
        "cadastre.master.store.threads: got '-4'",
        "cadastre.master.lock.timeout: got '-1s'",
        "expected");
  }

  @Test
  @Tag("bad-input:config.type")
  void aValueOfTheWrongKind() throws Exception {
    refuses(
        "cadastre.master.http.enabled=yes",
        "cadastre.master.http.enabled: got 'yes'; expected true or false");
  }

  @Test
  @Tag("bad-input:config.twice")
  void aKeyThatIsThereTwice() throws Exception {
    refuses(
        "cadastre.master.name=m1\ncadastre.master.name=m2",
        "cadastre.master.name: set twice",
        ":2 and at",
        ":3; remove one of them");
  }

  @Test
  @Tag("bad-input:config.contradiction")
  void valuesThatContradictEachOther() throws Exception {
    refuses(
        "cadastre.master.raft.election.timeout.min=2s",
        "cadastre.master.raft.election.timeout.min: '2s'",
        "must be less than cadastre.master.raft.election.timeout.max: '900ms' (default)");
  }

  @Test
  @Tag("bad-input:config.address")
  void anAddressThatOthersReach() throws Exception {
    refuses(
        "cadastre.master.bind.address=0.0.0.0",
        "cadastre.master.bind.address: '0.0.0.0'",
        "is not a loopback address",
        "use 127.0.0.1",
        "cadastre.security.insecure.network=true");
  }

  @Test
  @Tag("bad-input:config.members")
  void aMemberListThatIsNone() throws Exception {
    refuses(
        "cadastre.cluster.members=m1=127.0.0.1:1:2",
        "cadastre.cluster.members",
        "'m1=127.0.0.1:1:2' is not NAME=HOST:RAFT:RPC:HTTP");
  }

  @Test
  @Tag("bad-input:config.name")
  void aNameThatIsNotAMember() throws Exception {
    refuses(
        "cadastre.master.name=m7",
        "cadastre.master.name: 'm7'",
        "is not one of the members m1 of cadastre.cluster.members");
  }

  @Test
  @Tag("bad-input:config.line")
  void aLineWithoutAKey() throws Exception {
    refuses("=3", "line without a key: expected key=value", ":2");
  }

  @Test
  @Tag("bad-input:config.override")
  void aSettingOfTheCommandLine() throws Exception {
    Files.writeString(file, "cadastre.master.storage.dir=" + storage + "\n");
    refuses(
        List.of("-Dcadastre.master.lock.timeout=soon"),
        "cadastre.master.lock.timeout: got 'soon'",
        "; -D");
  }

  @Test
  @Tag("bad-input:config.missing")
  void aFileThatIsNotThere() throws Exception {
    program
        .run("--conf", file.toString())
        .refuses(1, file.toString(), "does not exist", "cadastre-site.properties.template");
  }

  @Test
  @Tag("bad-input:config.directory")
  void aFileThatIsADirectory() throws Exception {
    program.run("--conf", directory.toString()).refuses(1, directory.toString(), "is a directory");
  }

  @Test
  @Tag("bad-input:config.none")
  void noFileAtAll() throws Exception {
    program.run().refuses(2, "No configuration file", "--conf FILE", "$CADASTRE_CONF");
  }

  @Test
  @Tag("bad-input:config.utf8")
  void aFileThatIsNotUtf8() throws Exception {
    Files.write(
        file,
        ("cadastre.master.name=m1\ncadastre.master.storage.dir=" + storage + "\u00e9\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    refuses(List.of(), "cannot be read", "not UTF-8", ":2");
  }

  @Test
  @Tag("bad-input:config.unreadable")
  void aFileThatMayNotBeRead(@TempDir Path other) throws Exception {
    MasterProgram nobody = MasterProgram.asNobody(other);
    Path closed = Files.writeString(other.resolve("closed.properties"), "");
    Trees.mode(closed, "---------");
    assertThat(nobody.may("-r", closed)).as("it can be read after all").isFalse();
    nobody.run("--conf", closed.toString()).refuses(1, closed.toString(), "permission denied");
  }
}

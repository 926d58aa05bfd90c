package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands, options and their values as a user types them. */
class BadOptionsTest extends RunningMaster {
  private static final int MANY = 1_001;
  private static final String[] OFFLINE_TOOLS = {"stat", "dump", "verify"};

  @BeforeAll
  void fillADirectory() {
    client.createDirectory("/many");
    for (int i = 0; i < MANY; i++) {
      client.createDirectory("/many/" + i);
    }
  }

  /** A store that is mounted nowhere. */
  private Path unmountedStore() throws IOException {
    return Files.createDirectories(directory.resolve("stores/other"));
  }

  /** Where the running master keeps its data. */
  private Path storage() {
    return master.directory().resolve("data");
  }

  @Test
  @Tag("bad-input:option.unknown")
  void anUnknownOption() {
    shell
        .run("fs", "rm", "--recursive", "/full")
        .refuses(2, "Unknown option: '--recursive'", "cadastre fs rm --help");
    shell.run("fs", "mkdir", "--mod", "755", "/x").refuses(2, "'--mod'", "Did you mean", "--mode");
  }

  @Test
  @Tag("bad-input:option.command")
  void anUnknownCommand() {
    shell.run("fs", "mkdri", "/x").refuses(2, "'mkdri'", "Did you mean", "mkdir");
  }

  @Test
  @Tag("bad-input:option.argument")
  void aMissingArgument() {
    shell.run("fs", "mv", "/file").refuses(2, "Missing required parameter: 'DESTINATION'");
    shell.run("fs", "ls", "/", "--limit").refuses(2, "--limit", "N");
  }

  @Test
  @Tag("bad-input:option.number")
  void aNumberThatIsNone() {
    shell.run("fs", "ls", "/", "--limit", "many").refuses(2, "--limit", "'many'");
    shell.run("fs", "ls", "/", "--limit", "-1").refuses(2, "--limit: expected 1 or more");
  }

  @Test
  @Tag("bad-input:option.mode")
  void aModeThatIsNone() {
    shell
        .run("fs", "chmod", "9z9", "/file")
        .refuses(2, "MODE", "'9z9' is no mode", "octal digits such as 750", "u+rwx,go-w");
    shell.run("fs", "mkdir", "--mode", "77777", "/x").refuses(2, "--mode", "'77777' is no mode");
  }

  @Test
  @Tag("bad-input:option.owner")
  void anOwnerThatIsNone() {
    shell.run("fs", "chown", "a:b:c", "/file").refuses(2, "'a:b:c'", "OWNER:GROUP");
    shell.run("fs", "chown", "a b", "/file").refuses(2, "owner", "without blanks");
  }

  @Test
  @Tag("bad-input:option.owner.unknown")
  void anOwnerWhomTheStoreDoesNotKnow() {
    shell.run("fs", "chown", "no-such-user", "/w/f").refuses(3, "no-such-user");
  }

  @Test
  @Tag("bad-input:option.xattr.name")
  void anAttributeNameThatIsNone() {
    shell
        .run("fs", "xattr", "set", "/file", "", "v")
        .refuses(2, "xattr name", "1 to 255 printable characters");
    shell.run("fs", "xattr", "set", "/file", "a\tb", "v").refuses(2, "xattr name", "printable");
    shell.run("fs", "xattr", "set", "/file", "n".repeat(256), "v").refuses(2, "xattr name", "255");
  }

  @Test
  @Tag("bad-input:option.xattr.size")
  void anAttributeThatIsTooLarge() {
    shell
        .run("fs", "xattr", "set", "/file", "n", "v".repeat((64 << 10) + 1))
        .refuses(2, "extended attributes", "65536");
  }

  @Test
  @Tag("bad-input:option.duration")
  void aDurationThatIsNone() {
    shell
        .run("fs", "ls", "/", "--sync-interval", "5 parsecs")
        .refuses(2, "--sync-interval", "'5 parsecs'", "500ms, 10s, 5m, 24h or 7d");
    shell.run("--timeout", "soon", "fs", "ls", "/").refuses(2, "--timeout", "'soon'", "10s");
  }

  @Test
  @Tag("bad-input:option.size")
  void aSizeThatIsNone() {
    shell.run("fs", "find", "/", "--larger", "big").refuses(2, "--larger", "'big'", "expected");
  }

  @Test
  @Tag("bad-input:option.choice")
  void aChoiceThatIsNone() {
    shell
        .run("fs", "ls", "--load-type", "SOMETIMES", "/")
        .refuses(2, "--load-type", "'SOMETIMES'", "[NEVER, ONCE, ALWAYS]");
  }

  @Test
  @Tag("bad-input:option.pattern")
  void aPatternThatIsNone() {
    shell.run("fs", "find", "/", "--name", "[a").refuses(2, "--name", "'[a'", "[ is not closed");
  }

  @Test
  @Tag("bad-input:option.base64")
  void notBase64() {
    shell
        .run("fs", "xattr", "set", "--base64", "/file", "n", "%%")
        .refuses(2, "value is not valid base64");
  }

  @Test
  @Tag("bad-input:option.masters")
  void mastersOfTheWrongForm() {
    for (String masters : new String[] {"nonsense", "h:x", "h:0", "h:70000", "h:1,,h:2", ":1"}) {
      shell.run("--masters", masters, "fs", "ls", "/").refuses(2, "--masters", "host:port");
    }
  }

  @Test
  @Tag("bad-input:option.cluster")
  void noClusterIsNamed(@TempDir Path home) {
    new Shell(home, "")
        .run("fs", "ls", "/")
        .refuses(2, "--masters", "$CADASTRE_MASTERS", "cadastre local start");
  }

  @Test
  @Tag("bad-input:option.nobody")
  void noMasterRuns() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    shell
        .run("--masters", address, "--timeout", "1s", "fs", "ls", "/")
        .refuses(5, address, "--masters", "refused", "running");
  }

  @Test
  @Tag("bad-input:option.conf")
  void aConfigurationFileThatIsNotThere() {
    shell
        .run("--conf", "/no/such.properties", "fs", "ls", "/")
        .refuses(2, "/no/such.properties", "does not exist");
  }

  @Test
  @Tag("bad-input:option.key")
  void aKeyThatIsNone() {
    shell
        .run("-Dcadastre.user.call.timeuot=1s", "fs", "ls", "/")
        .refuses(2, "cadastre.user.call.timeuot", "did you mean cadastre.user.call.timeout?");
  }

  @Test
  @Tag("bad-input:policy.key")
  void aSettingThatIsNone() {
    shell
        .run("path-conf", "set", "/full", "cadastre.user.file.metadata.sync.intervall=1s")
        .refuses(2, "did you mean cadastre.user.file.metadata.sync.interval?");
    shell
        .run("path-conf", "set", "/full", "cadastre.masters=a:1")
        .refuses(2, "cadastre.masters", "scope");
  }

  @Test
  @Tag("bad-input:policy.value")
  void aValueOfASettingThatIsNone() {
    shell
        .run("path-conf", "set", "/full", "cadastre.user.file.metadata.sync.interval=1x")
        .refuses(2, "cadastre.user.file.metadata.sync.interval", "'1x'", "expected");
  }

  @Test
  @Tag("bad-input:mount.scheme")
  void aStoreOfAnUnknownKind() {
    shell.run("fs", "mount", "/new", "gopher://h/x").refuses(2, "store URI", "'gopher'", "file");
  }

  @Test
  @Tag("bad-input:mount.relative")
  void aStoreUriThatIsRelative() {
    shell
        .run("fs", "mount", "/new", "data/x")
        .refuses(2, "store URI", "'data/x' has no scheme", "file:///data or an absolute path");
    shell.run("fs", "mount", "/new", "file://data/x").refuses(2, "store URI", "three slashes");
    shell.run("fs", "mount", "/new", "file:///a/../b").refuses(2, "store URI", "component '..'");
  }

  @Test
  @Tag("bad-input:mount.intersects")
  void aStoreThatIsMountedAlready() {
    shell.run("fs", "mount", "/new", store("w") + "/d").refuses(4, "intersects", "/w", "--shared");
  }

  @Test
  @Tag("bad-input:mount.secret")
  void aSecretAsItIs() {
    Said said =
        shell
            .run("fs", "mount", "--option", "secret.key=hunter2", "/new", store("w").toString())
            .refuses(2, "option secret.key", "env:NAME or file:/path");
    assertThat(said.err()).doesNotContain("hunter2");
  }

  @Test
  @Tag("bad-input:mount.secret.reference")
  void aSecretThatTheMasterDoesNotHave() throws IOException {
    Path other = unmountedStore();
    shell
        .run("fs", "mount", "--option", "secret.key=env:NO_SUCH_VARIABLE", "/new", other.toString())
        .refuses(3, "secret.key", "not set in the master's environment", "NO_SUCH_VARIABLE");
  }

  @Test
  @Tag("bad-input:mount.option")
  void anOptionThatTheStoreDoesNotKnow() throws IOException {
    Path other = unmountedStore();
    shell
        .run("fs", "mount", "--option", "speed=fast", "/new", other.toString())
        .refuses(2, "option speed", "known: file.parallel");
  }

  @Test
  @Tag("bad-input:mount.credentials")
  void aPasswordInTheUri() {
    Said said =
        shell
            .run("fs", "mount", "/new", "file://me:hunter2@host/x")
            .refuses(2, "store URI", "pass credentials as mount options");
    assertThat(said.err()).doesNotContain("hunter2");
  }

  @Test
  @Tag("bad-input:mount.missing")
  void aStoreThatIsNotThere() {
    shell
        .run("fs", "mount", "/new", directory.resolve("no/such").toString())
        .refuses(5, "no/such is gone", "is its file system mounted on this host?");
  }

  @Test
  @Tag("bad-input:mount.file")
  void aStoreThatIsAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("plain"), "");
    shell
        .run("fs", "mount", "/new", file.toString())
        .refuses(5, "root file://" + file + " is not a directory");
  }

  @Test
  @Tag("bad-input:mount.occupied")
  void aMountPointThatIsNotEmpty() throws IOException {
    Path other = unmountedStore();
    shell
        .run("fs", "mount", "/full", other.toString())
        .refuses(4, "a new path or an empty directory: /full");
  }

  @Test
  @Tag("bad-input:mount.none")
  void unmountingWhatIsNotMounted() {
    shell.run("fs", "unmount", "/full").refuses(4, "Nothing is mounted at /full");
  }

  @Test
  @Tag("bad-input:delete.many")
  void deletingManyWithoutBeingAsked() {
    shell
        .run("fs", "rm", "-R", "/many")
        .refuses(2, "/many has 0 files and 1,002 directories", "no terminal", "--yes");
  }

  @Test
  @Tag("bad-input:format.unconfirmed")
  void formattingWithoutBeingAsked() throws IOException {
    Path storage = storage();
    shell
        .run("journal", "format", "--dir", storage.toString(), "--name", "m1")
        .refuses(2, "This deletes the storage of master m1", "no terminal", "--yes");
  }

  @Test
  @Tag("bad-input:format.running")
  void formattingUnderARunningMaster() {
    Path storage = storage();
    shell
        .run("journal", "format", "--yes", "--dir", storage.toString(), "--name", "m1")
        .refuses(5, "running master", "Stop it first", storage.toString());
    assertThat(storage.resolve("identity.properties")).exists();
  }

  @Test
  @Tag("bad-input:format.foreign")
  void formattingADirectoryOfSomethingElse() throws IOException {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    Files.writeString(photos.resolve("cat.jpg"), "miaow");
    shell
        .run("journal", "format", "--yes", "--dir", photos.toString(), "--name", "m1")
        .refuses(4, photos.toString(), "cat.jpg", "no storage of a master");
    assertThat(photos.resolve("cat.jpg")).hasContent("miaow");
  }

  @Test
  @Tag("bad-input:format.name")
  void aNameThatIsNone() {
    Path storage = directory.resolve("new");
    shell
        .run("journal", "format", "--yes", "--dir", storage.toString(), "--name", "m/1")
        .refuses(2, "--name", "letters");
    shell
        .run(
            "journal", "format", "--yes", "--dir", storage + "", "--name", "m", "--cluster-id", "x")
        .refuses(2, "--cluster-id", "'x' is no UUID");
    assertThat(storage).doesNotExist();
  }

  @Test
  @Tag("bad-input:tools.running")
  void readingTheJournalOfARunningMaster() {
    Path storage = storage();
    for (String tool : OFFLINE_TOOLS) {
      shell
          .run("journal", tool, "--dir", storage.toString())
          .refuses(5, "running master", "Stop it first");
    }
  }

  @Test
  @Tag("bad-input:tools.directory")
  void readingTheJournalInADirectoryOfSomethingElse() {
    for (String tool : OFFLINE_TOOLS) {
      shell.run("journal", tool, "--dir", "/no/such").refuses(1, "no such storage", "/no/such");
      Said said = shell.run("journal", tool, "--dir", store("w").toString());
      said.refuses(2, "no identity", store("w").toString());
    }
  }

  @Test
  @Tag("bad-input:quorum.name")
  void handingOverToNobody() {
    shell.run("quorum", "transfer", "m9").refuses(2, "m9", "m1");
  }

  @Test
  @Tag("bad-input:option.master")
  void aMasterThatIsNone() {
    shell.run("report", "--master", "m9").refuses(5, "No master 'm9'", "m1");
  }

  @Test
  @Tag("bad-input:local.none")
  void noLocalCluster(@TempDir Path home) {
    new Shell(home, "").run("local", "status").refuses(2, "There is no local cluster in");
  }
}

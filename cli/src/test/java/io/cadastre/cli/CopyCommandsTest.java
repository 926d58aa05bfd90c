package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.CliRunner.Result;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Delete;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.proto.InodeKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** `fs cat` and `fs cp`: what they ask the master, and where the bytes go. */
final class CopyCommandsTest {
  private static final long ID = 77;

  @TempDir private Path home;
  private final Queue<CallRequest> calls = new ConcurrentLinkedQueue<>();
  private FakeMaster master;
  private CliRunner cli;
  private Path stored;
  private FileStatus.Builder status;

  @BeforeEach
  void prepare() throws IOException {
    stored = home.resolve("store file");
    status =
        FileStatus.newBuilder()
            .setId(ID)
            .setKind(InodeKind.FILE)
            .setSize(5)
            .setStoreUri("file://" + stored);
    master = FakeMaster.leader();
    master.answer =
        call -> {
          calls.add(call);
          return call.hasGetStatus()
              ? CallResponse.newBuilder().setStatus(status)
              : CallResponse.newBuilder()
                  .setDone(Done.newBuilder().setInodeId(ID).setStoreUri(status.getStoreUri()));
        };
    cli = new CliRunner(home).variable("CADASTRE_MASTERS", master.address());
  }

  @AfterEach
  void close() throws InterruptedException {
    master.close();
  }

  private List<CallRequest.OpCase> asked() {
    return calls.stream().map(CallRequest::getOpCase).toList();
  }

  private Path local(String text) throws IOException {
    return Files.writeString(home.resolve("local"), text);
  }

  @Test
  void catPrintsTheBytesAsTheyAre() throws IOException {
    Files.writeString(stored, "a\nb\u00e9");

    Result result = cli.run("fs", "cat", "/m/f");

    assertThat(result.exit()).isZero();
    assertThat(result.out()).isEqualTo("a\nb\u00e9");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void catSaysThatTheStoreHasAnotherSize() throws IOException {
    Files.writeString(stored, "longer than known");

    Result result = cli.run("fs", "cat", "/m/f");

    assertThat(result.exit()).isZero();
    assertThat(result.out()).isEqualTo("longer than known");
    assertThat(result.err()).contains("17 bytes in the store, 5 were known");
  }

  @Test
  void catRefusesWhatHasNoBytesHere() {
    status.setStoreUri("s3://bucket/f");
    Result remote = cli.run("fs", "cat", "/m/f");
    assertThat(remote.exit()).isEqualTo(2);
    assertThat(remote.err()).contains("s3://bucket/f").contains("own client");

    status.setStoreUri("");
    assertThat(cli.run("fs", "cat", "/f").err()).contains("lies on no mount");

    status.setStoreUri("file://" + stored).setIncomplete(true);
    Result incomplete = cli.run("fs", "cat", "/m/f");
    assertThat(incomplete.exit()).isEqualTo(4);
    assertThat(incomplete.err()).contains("not complete");

    status.setIncomplete(false);
    Result missing = cli.run("fs", "cat", "/m/f");
    assertThat(missing.exit()).isEqualTo(8);
    assertThat(missing.err()).contains("no such file or directory on this machine");

    status.setKind(InodeKind.DIRECTORY);
    assertThat(cli.run("fs", "cat", "/m").exit()).isEqualTo(4);
    assertThat(cli.run("--json", "fs", "cat", "/m/f").exit()).isEqualTo(2);
  }

  @Test
  void cpBringsAFileIntoTheStore() throws IOException {
    Result result = cli.run("--json", "fs", "cp", "-p", "file:" + local("bytes"), "/m/f");

    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isZero();
    assertThat(stored).hasContent("bytes");
    assertThat(result.out()).contains("\"destination\":\"/m/f\",\"bytes\":5");
    assertThat(asked())
        .containsExactly(CallRequest.OpCase.CREATE_FILE, CallRequest.OpCase.COMPLETE_FILE);
    assertThat(calls.remove().getCreateFile().getParents()).isTrue();
    assertThat(calls.remove().getCompleteFile().getInodeId()).isEqualTo(ID);
  }

  /** Pipes and files under /proc say that they have none. */
  @Test
  void cpReadsToTheEndOfWhatHasNoSize() throws IOException {
    Path sizeless = Path.of("/proc/version");
    assertThat(Files.size(sizeless)).isZero();

    Result result = cli.run("fs", "cp", "file:" + sizeless, "/m/f");

    assertThat(result.exit()).isZero();
    assertThat(stored).hasContent(Files.readString(sizeless));
  }

  @Test
  void catGoesOnBehindAPathThatHasNoBytes() throws IOException {
    status.setStoreUri("s3://bucket/f");

    Result result = cli.run("fs", "cat", "/m/f", "/m/g");

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("/m/f").contains("/m/g");
  }

  @Test
  void catGoesOnBehindAFileThatThisMachineDoesNotHave() throws IOException {
    Files.writeString(stored, "bytes");
    master.answer =
        call ->
            CallResponse.newBuilder()
                .setStatus(
                    call.getGetStatus().getPath().equals("/m/none")
                        ? status.clone().setStoreUri("file://" + home.resolve("none"))
                        : status);

    Result result = cli.run("fs", "cat", "/m/none", "/m/f");

    assertThat(result.exit()).isEqualTo(8);
    assertThat(result.err()).contains("Cannot read /m/none");
    assertThat(result.out()).isEqualTo("bytes");
  }

  /** Ctrl-C is the same as TERM, which a test can send. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void cpThatIsToldToEndLeavesNothing(boolean intoTheStore) throws Exception {
    Path pipe = home.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path copy = intoTheStore ? stored : home.resolve("copy");
    if (!intoTheStore) {
      status.setStoreUri("file://" + pipe);
    }
    Process cp =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--masters",
                master.address(),
                "fs",
                "cp",
                intoTheStore ? "file:" + pipe : "/m/f",
                intoTheStore ? "/m/f" : "file:" + copy)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("said").toFile())
            .start();
    // Open for both, a pipe waits for no reader, and the reader does not see its end.
    try (FileChannel bytes =
        FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      bytes.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(copy) && Files.size(copy) == 3);
      cp.destroy();
      assertThat(cp.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      cp.destroyForcibly();
    }

    assertThat(home.resolve("said")).content().doesNotContain(" stays ", "defect");
    assertThat(copy).doesNotExist();
    if (intoTheStore) {
      assertThat(asked())
          .containsExactly(CallRequest.OpCase.CREATE_FILE, CallRequest.OpCase.DELETE);
    }
  }

  @Test
  void cpSaysHowToCompleteWhatIsWhole() throws IOException {
    var otherwise = master.answer;
    master.answer =
        call ->
            call.hasCompleteFile()
                ? FakeMaster.error(ErrorCode.INTERNAL, "not now")
                : otherwise.apply(call);

    Result result = cli.run("fs", "cp", "file:" + local("bytes"), "/m/f");

    assertThat(result.exit()).isEqualTo(8);
    assertThat(result.err()).contains("cadastre fs complete --id 77 /m/f", "not now");
    assertThat(stored).hasContent("bytes");
    assertThat(asked()).containsExactly(CallRequest.OpCase.CREATE_FILE);
  }

  @Test
  void cpNeverWritesOverAFileOfTheStore() throws IOException {
    Files.writeString(stored, "somebody's");

    Result result = cli.run("fs", "cp", "file:" + local("bytes"), "/m/f");

    assertThat(result.exit()).isEqualTo(8);
    assertThat(result.err()).contains("exists already");
    assertThat(stored).hasContent("somebody's");
    assertThat(asked()).containsExactly(CallRequest.OpCase.CREATE_FILE, CallRequest.OpCase.DELETE);
    calls.remove();
    Delete delete = calls.remove().getDelete();
    assertThat(delete.getCadastreOnly()).isTrue();
    assertThat(delete.getInodeId()).isEqualTo(ID);
  }

  @Test
  void cpOutsideMountsLeavesNothing() throws IOException {
    status.setStoreUri("");

    Result result = cli.run("fs", "cp", "file:" + local("bytes"), "/f");

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("/f lies on no mount");
    assertThat(asked()).containsExactly(CallRequest.OpCase.CREATE_FILE, CallRequest.OpCase.DELETE);
  }

  @Test
  void cpBringsAFileToThisMachine() throws IOException {
    Files.writeString(stored, "bytes");
    Path copy = home.resolve("new/directory/copy");

    assertThat(cli.run("fs", "cp", "/m/f", "file:" + copy).exit()).isEqualTo(8);
    assertThat(cli.run("fs", "cp", "-p", "/m/f", "file://" + copy).exit()).isZero();
    assertThat(copy).hasContent("bytes");

    Result again = cli.run("fs", "cp", "/m/f", "file:" + copy);
    assertThat(again.exit()).isEqualTo(8);
    assertThat(again.err()).contains("exists already");
  }

  @Test
  void cpRefusesWrongEnds() throws IOException {
    assertThat(cli.run("fs", "cp", "file:a", "file:b").err()).contains("files of this machine");
    assertThat(cli.run("fs", "cp", "file:", "/m/f").err()).contains("write file:PATH");
    assertThat(cli.run("fs", "cp", "relative", "/m/f").exit()).isEqualTo(2);
    assertThat(cli.run("fs", "cp", "file:" + home, "/m/f").err()).contains("is a directory");
    assertThat(cli.run("fs", "cp", "file:" + home + "/none", "/m/f").exit()).isEqualTo(8);
    assertThat(calls).isEmpty();
  }
}

package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.GetStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.OperationId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What another program may send to the client port, and what it gets. */
class BadMessagesTest extends RunningMaster {
  private static final String CALL = "cadastre.api.MetadataService/Call";
  private static final String LIST = "cadastre.api.MetadataService/List";
  private static final String OTHER_CLUSTER = "00000000-0000-0000-0000-000000000001";
  private static final byte NEVER_IN_UTF8 = (byte) 0xff;
  private static final Caller ADMIN = Caller.newBuilder().setUser("admin").build();

  private Wire wire;

  @BeforeAll
  void connect() {
    wire = new Wire(master.address());
  }

  @AfterAll
  void disconnect() {
    wire.close();
  }

  private void refuses(Status.Code code, String method, byte[] bytes, String... words) {
    assertThatThrownBy(() -> wire.call(method, bytes))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).contains(words).doesNotContain("\tat ");
            });
    // The next caller is served.
    assertThat(client.exists("/full").value()).isTrue();
  }

  private static byte[] bytes(CallRequest.Builder request) {
    return request.setCaller(ADMIN).build().toByteArray();
  }

  private static byte[] bytes(ListRequest.Builder request) {
    return request.setCaller(ADMIN).build().toByteArray();
  }

  private ErrorInfo error(CallRequest.Builder request) {
    return error(bytes(request));
  }

  private ErrorInfo error(byte[] request) {
    try {
      CallResponse response = CallResponse.parseFrom(wire.call(CALL, request));
      assertThat(response.getResultCase()).isEqualTo(CallResponse.ResultCase.ERROR);
      return response.getError();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private ErrorInfo listError(ListRequest.Builder request) {
    try {
      ListPage page = ListPage.parseFrom(wire.first(LIST, bytes(request)));
      assertThat(page.hasError()).isTrue();
      return page.getError();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSays(ErrorInfo error, String code, String... words) {
    assertThat(error.getCode()).as(error.toString()).isEqualTo(code);
    assertThat(error.toString()).contains(words).doesNotContain("\\tat ", "Exception");
  }

  private static CallRequest.Builder status(String path) {
    return CallRequest.newBuilder().setGetStatus(GetStatus.newBuilder().setPath(path));
  }

  private static CallRequest.Builder mkdir(String path, long minted, long client, long sequence) {
    return CallRequest.newBuilder()
        .setOperationId(
            OperationId.newBuilder()
                .setMintedMillis(minted)
                .setClient(client)
                .setSequence(sequence))
        .setCreateDirectory(CreateDirectory.newBuilder().setPath(path));
  }

  @Test
  @Tag("bad-input:path.nul")
  void aNulInAPath() {
    assertSays(error(status("/full/a\0b")), "INVALID_PATH", "contains a NUL");
  }

  @Test
  @Tag("bad-input:path.utf8")
  void aPathThatIsNotUtf8() {
    String path = "/full/below";
    byte[] request = bytes(status(path));
    int at = new String(request, StandardCharsets.ISO_8859_1).indexOf(path);
    request[at + path.length() - 1] = NEVER_IN_UTF8;
    refuses(Status.Code.INVALID_ARGUMENT, CALL, request, "request", CALL, "invalid UTF-8");
  }

  @Test
  @Tag("bad-input:wire.truncated")
  void aRequestThatIsCutOff() {
    byte[] request = bytes(status("/full/below"));
    refuses(
        Status.Code.INVALID_ARGUMENT,
        CALL,
        Arrays.copyOf(request, request.length - 3),
        "request",
        CALL,
        "ended unexpectedly");
  }

  @Test
  @Tag("bad-input:wire.random")
  void randomBytes() {
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      // The wire type 7 does not exist: no such bytes are a message.
      bytes[0] = 0x0f;
      refuses(Status.Code.INVALID_ARGUMENT, CALL, bytes, "request", CALL);
    }
  }

  @Test
  @Tag("bad-input:wire.foreign")
  void theMessageOfAnotherMethod() {
    byte[] list = bytes(ListRequest.newBuilder().setPath("/full"));
    // A path where a number belongs: to protobuf that is a field which it does not know.
    assertSays(error(list), "UNSUPPORTED", "no operation, or one that this version does not know");
  }

  @Test
  @Tag("bad-input:wire.operation")
  void noOperation() {
    assertSays(error(CallRequest.newBuilder()), "UNSUPPORTED", "no operation, or one that this");
  }

  @Test
  @Tag("bad-input:wire.caller")
  void noCaller() {
    assertSays(
        error(status("/full").build().toByteArray()), "UNAUTHENTICATED", "caller.user is empty");
  }

  @Test
  @Tag("bad-input:wire.method")
  void anUnknownMethod() {
    String method = "cadastre.api.MetadataService/Format";
    refuses(Status.Code.UNIMPLEMENTED, method, new byte[0], method);
  }

  @Test
  @Tag("bad-input:wire.service")
  void anotherService() {
    refuses(Status.Code.UNIMPLEMENTED, "alluxio.Master/ls", new byte[] {1}, "alluxio.Master/ls");
  }

  @Test
  @Tag("bad-input:wire.large")
  void aMessageThatIsTooLarge() {
    refuses(
        Status.Code.RESOURCE_EXHAUSTED,
        CALL,
        new byte[(16 << 20) + 1],
        "exceeds maximum size",
        "16777216");
  }

  @Test
  @Tag("bad-input:wire.protocol")
  void anotherProtocol() throws IOException {
    int port = Integer.parseInt(master.address().substring(master.address().indexOf(':') + 1));
    for (String text :
        new String[] {
          "GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000", "x".repeat(9000)
        }) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(30_000);
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        // The connection is closed, and not left open for ever.
        assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
            .doesNotContain("\tat ");
      } catch (SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
    }
    assertThat(client.exists("/full").value()).isTrue();
  }

  @Test
  @Tag("bad-input:wire.cluster")
  void anotherCluster() {
    assertSays(
        error(status("/full").setClusterId(OTHER_CLUSTER)),
        "EPOCH_CHANGED",
        "for another cluster",
        OTHER_CLUSTER);
  }

  @Test
  @Tag("bad-input:operation.missing")
  void aChangeWithoutAnOperationId() {
    assertSays(
        error(
            CallRequest.newBuilder()
                .setCreateDirectory(CreateDirectory.newBuilder().setPath("/x"))),
        "INVALID_ARGUMENT",
        "operation_id",
        "every mutation needs one");
  }

  @Test
  @Tag("bad-input:operation.zero")
  void anOperationIdThatIsNone() {
    assertSays(
        error(mkdir("/x", System.currentTimeMillis(), 0, 1)),
        "INVALID_ARGUMENT",
        "operation_id",
        "client must not be 0");
  }

  @Test
  @Tag("bad-input:operation.expired")
  void anOperationIdThatIsTooOld() {
    assertSays(
        error(mkdir("/x", System.currentTimeMillis() - 3_600_000, 77, 1)),
        "OPERATION_ID_EXPIRED",
        "too old",
        "minted_millis",
        "cluster_millis");
  }

  @Test
  @Tag("bad-input:operation.reused")
  void anOperationIdOfAnotherRequest() throws IOException {
    long now = System.currentTimeMillis();
    byte[] first = bytes(mkdir("/made", now, 78, 1));
    assertThat(CallResponse.parseFrom(wire.call(CALL, first)).hasDone()).isTrue();
    remember();
    assertSays(
        error(mkdir("/made-too", now, 78, 1)), "OPERATION_ID_REUSED", "used before for another");
    assertThat(CallResponse.parseFrom(wire.call(CALL, first)).getDone().getRepeated()).isTrue();
  }

  @Test
  @Tag("bad-input:wire.mode")
  void aModeThatIsNone() {
    CallRequest.Builder request = mkdir("/x", System.currentTimeMillis(), 79, 1);
    request.getCreateDirectoryBuilder().setMode(010_000);
    assertSays(error(request), "INVALID_ARGUMENT", "mode", "0 to 7777 in octal, got 10000");
  }

  @Test
  @Tag("bad-input:list.page")
  void aPageThatIsTooLarge() {
    for (int entries : new int[] {10_001, -1}) {
      assertSays(
          listError(ListRequest.newBuilder().setPath("/").setPageEntries(entries)),
          "INVALID_ARGUMENT",
          "page_entries",
          "expected 1 to 10000, or 0 for the server\\'s choice");
    }
  }

  @Test
  @Tag("bad-input:list.token")
  void aResumeTokenThatIsNone() {
    assertSays(
        listError(
            ListRequest.newBuilder()
                .setPath("/")
                .setResumeToken(ByteString.copyFromUtf8("nonsense"))),
        "INVALID_ARGUMENT",
        "resume_token",
        "damaged");
  }

  @Test
  @Tag("bad-input:list.token.foreign")
  void aResumeTokenOfAnotherListing() throws IOException {
    ListPage page =
        ListPage.parseFrom(
            wire.first(LIST, bytes(ListRequest.newBuilder().setPath("/").setPageEntries(1))));
    assertThat(page.getResumeToken().isEmpty()).isFalse();
    assertSays(
        listError(ListRequest.newBuilder().setPath("/full").setResumeToken(page.getResumeToken())),
        "INVALID_ARGUMENT",
        "resume_token",
        "belongs to another listing");
  }
}

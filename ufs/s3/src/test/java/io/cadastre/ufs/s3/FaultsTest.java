package io.cadastre.ufs.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.StoreRequests.Kind;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.HttpFaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that are busy, slow, wrong, or that refuse. */
class FaultsTest {
  private final S3Server server = new S3Server();
  private final HttpFaultProxy proxy = new HttpFaultProxy(server.address());
  private final UnderFileSystem store = S3Server.open("root", S3Server.options(proxy.endpoint()));

  @TempDir Path directory;

  @AfterEach
  void stop() {
    store.close();
    proxy.close();
    server.close();
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(60));
  }

  private static UfsException.Kind unknown(UnderFileSystem store, StoreDeadline deadline) {
    StoreLookup answer = store.status("f", deadline);
    assertThat(answer).isInstanceOf(StoreLookup.Unknown.class);
    return ((StoreLookup.Unknown) answer).cause().kind();
  }

  private static void assertKind(UfsException.Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }

  @Test
  void aBusyStoreIsAskedAgain() {
    proxy.on(request -> true).times(3).busy();
    StoreRequests before = store.requests();
    assertThat(store.status("f", soon())).isEqualTo(StoreLookup.ABSENT);
    assertThat(store.requests().since(before).of(Kind.LIST)).isEqualTo(4);
    proxy.on(request -> request.method().equals("PUT")).times(2).busy();
    store.createFile("f", UfsAttributes.NONE, soon());
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root/f");
  }

  @Test
  void aStoreThatStaysBusyIsUnknownAndNeverEmpty() {
    server.objects.write(S3Server.BUCKET, "root/f", 1);
    proxy.on(request -> true).busy();
    Map<String, String> options = S3Server.options(proxy.endpoint());
    options.put("s3.retries.max", "1");
    try (UnderFileSystem impatient = S3Server.open("root", options)) {
      assertThat(unknown(impatient, soon())).isEqualTo(UfsException.Kind.UNKNOWN);
      assertKind(
          UfsException.Kind.UNKNOWN,
          () -> {
            try (UfsListing listing = impatient.list("", null, soon())) {
              listing.next(soon());
            }
          });
      assertThat(impatient.requests().of(Kind.LIST)).isEqualTo(4);
    }
  }

  @Test
  void aConnectionThatIsCutIsMadeAnew() {
    server.objects.write(S3Server.BUCKET, "root/f", 1);
    proxy.on(request -> true).times(2).cut();
    assertThat(store.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
  }

  @Test
  void aPageThatBreaksOffIsAskedForAgain() {
    server.objects.write(S3Server.BUCKET, "root/f", 1);
    proxy.on(request -> true).times(2).cutAnswer();
    StoreRequests before = store.requests();
    assertThat(store.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
    assertThat(store.requests().since(before).of(Kind.LIST)).isEqualTo(3);
  }

  @Test
  void aPageForPeopleIsNoEmptyListing() {
    server.objects.write(S3Server.BUCKET, "root/f", 1);
    proxy.on(request -> true).greet();
    assertThatThrownBy(
            () -> {
              try (UfsListing listing = store.list("", null, soon())) {
                listing.next(soon());
              }
            })
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).isEqualTo(UfsException.Kind.UNKNOWN))
        .hasMessageContaining("no page of a listing: it is a html");
  }

  @Test
  void anEmptyPageIsNoEmptyDirectory() {
    server.objects.write(S3Server.BUCKET, "root/d/", 0);
    server.objects.write(S3Server.BUCKET, "root/d/f", 1);
    proxy.on(request -> request.target().contains("list-type")).times(1).emptyPage();
    assertThat(store.status("d", soon())).isInstanceOf(StoreLookup.Present.class);
    // The first page for what is there, the second for what is in it.
    proxy.on(request -> request.target().contains("root%2Fd%2F")).times(1).emptyPage();
    assertKind(UfsException.Kind.NOT_EMPTY, () -> store.delete("d", null, soon()));
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root/d/", "root/d/f");
  }

  @Test
  void aLookThatFailsBeforeAChangeHasChangedNothing() {
    server.objects.write(S3Server.BUCKET, "root/d/f", 1);
    Map<String, String> options = S3Server.options(proxy.endpoint());
    options.put("s3.retries.max", "0");
    proxy.on(request -> request.method().equals("GET")).cut();
    try (UnderFileSystem impatient = S3Server.open("root", options)) {
      for (ThrowingCallable change :
          List.<ThrowingCallable>of(
              () -> impatient.createDirectory("e", UfsAttributes.NONE, soon()),
              () -> impatient.createFile("d/g", UfsAttributes.NONE, soon()),
              () -> impatient.delete("d/f", null, soon()),
              () -> impatient.deleteRecursive("d", soon()),
              () -> impatient.rename("d", "e", null, soon()))) {
        assertKind(UfsException.Kind.UNAVAILABLE, change);
      }
    }
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root/d/f");
  }

  @Test
  void anAnswerThatIsLostLeavesAnUnknownOutcome() {
    // The retry meets the object of the first attempt: not to be taken for another's.
    proxy.on(request -> request.method().equals("PUT")).times(1).loseAnswer();
    assertKind(UfsException.Kind.UNKNOWN, () -> store.createFile("f", UfsAttributes.NONE, soon()));
    assertThat(store.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
    proxy.on(request -> request.method().equals("DELETE")).times(1).loseAnswer();
    store.delete("f", null, soon());
    assertThat(store.status("f", soon())).isEqualTo(StoreLookup.ABSENT);
  }

  @Test
  void aRenameThatDiesInBetweenLeavesBoth() {
    server.objects.write(S3Server.BUCKET, "root/f", 3);
    proxy.on(request -> request.method().equals("DELETE")).cut();
    assertKind(UfsException.Kind.UNKNOWN, () -> store.rename("f", "g", null, soon()));
    assertThat(server.objects.keys(S3Server.BUCKET)).containsExactly("root/f", "root/g");
  }

  @Test
  void aDirectoryOfWhichSomethingWasCopiedIsNotWhatItWas() {
    server.objects.write(S3Server.BUCKET, "root/d/a", 1);
    server.objects.write(S3Server.BUCKET, "root/d/z", 20);
    Map<String, String> options = S3Server.options(proxy.endpoint());
    options.put("s3.retries.max", "0");
    proxy.on(request -> request.method().equals("PUT") && request.target().contains("/e/z")).busy();
    try (UnderFileSystem impatient = S3Server.open("root", options)) {
      assertKind(UfsException.Kind.UNKNOWN, () -> impatient.rename("d", "e", null, soon()));
    }
    assertThat(server.objects.keys(S3Server.BUCKET)).contains("root/d/a", "root/d/z", "root/e/a");
  }

  @Test
  void whatIsWrittenWhileItsDirectoryIsRenamedStays() {
    server.objects.write(S3Server.BUCKET, "root/d/a", 1);
    server.objects.write(S3Server.BUCKET, "root/d/z", 20);
    proxy
        .on(
            request -> {
              if (request.method().equals("GET") && request.target().contains("root%2Fe%2F")) {
                server.objects.write(S3Server.BUCKET, "root/d/z", 30);
              }
              return false;
            })
        .busy();
    store.rename("d", "e", null, soon());
    assertThat(server.objects.keys(S3Server.BUCKET))
        .containsExactly("root/d/z", "root/e/a", "root/e/z");
    assertThat(server.objects.peek(S3Server.BUCKET, "root/d/z").bytes()).hasSize(30);
  }

  @Test
  void aDeadlineEndsARequest() {
    server.objects.write(S3Server.BUCKET, "root/f", 1);
    proxy.on(request -> true).delay(Duration.ofSeconds(20));
    long start = System.nanoTime();
    assertThat(unknown(store, StoreDeadline.afterMillis(500))).isEqualTo(UfsException.Kind.UNKNOWN);
    assertKind(UfsException.Kind.UNKNOWN, () -> store.rootIdentity(StoreDeadline.afterMillis(300)));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void wrongKeysAreDenied() {
    Map<String, String> options = server.options();
    options.put("s3.secret.key", "not-the-secret");
    try (UnderFileSystem wrong = S3Server.open("root", options)) {
      assertThat(unknown(wrong, soon())).isEqualTo(UfsException.Kind.DENIED);
      assertKind(UfsException.Kind.DENIED, () -> wrong.rootIdentity(soon()));
      assertKind(UfsException.Kind.DENIED, () -> wrong.createFile("f", UfsAttributes.NONE, soon()));
      assertThatThrownBy(() -> wrong.rootIdentity(soon()))
          .message()
          .doesNotContain("not-the-secret");
    }
  }

  @Test
  void aBucketThatIsNotThereIsUnknown() {
    server.objects.drop(S3Server.BUCKET);
    assertThat(unknown(store, soon())).isEqualTo(UfsException.Kind.UNKNOWN);
    assertKind(UfsException.Kind.UNKNOWN, () -> store.rootIdentity(soon()));
    assertKind(
        UfsException.Kind.UNKNOWN,
        () -> {
          try (UfsListing listing = store.list("", null, soon())) {
            listing.next(soon());
          }
        });
  }

  @Test
  void nobodyNeedsAKeyWhereNoneIsAsked() {
    try (S3Server open = new S3Server(S3Server.UTF8, AuthenticationType.NONE, null);
        UnderFileSystem anonymous =
            S3Server.open(
                "", Map.of("s3.endpoint", open.endpoint().toString(), "s3.anonymous", "true"))) {
      open.objects.write(S3Server.BUCKET, "f", 1);
      assertThat(anonymous.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
    }
  }

  @Test
  void onlyTheCertificateOfTheFileIsTrusted() throws Exception {
    Path keyStore = directory.resolve("keys.p12");
    Path certificate = directory.resolve("ca.pem");
    keytool(
        "-genkeypair",
        "-alias",
        "s3",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=IP:127.0.0.1,DNS:localhost",
        "-storetype",
        "PKCS12",
        "-keystore",
        keyStore.toString(),
        "-storepass",
        S3Server.PASSWORD);
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "s3",
        "-keystore",
        keyStore.toString(),
        "-storepass",
        S3Server.PASSWORD,
        "-file",
        certificate.toString());
    try (S3Server secure = new S3Server(S3Server.UTF8, AuthenticationType.AWS_V4, keyStore)) {
      secure.objects.write(S3Server.BUCKET, "f", 1);
      Map<String, String> options = secure.options();
      options.put("s3.retries.max", "0");
      try (UnderFileSystem stranger = S3Server.open("", options)) {
        assertThat(unknown(stranger, soon())).isEqualTo(UfsException.Kind.UNKNOWN);
      }
      options.put("s3.ca.file", certificate.toString());
      try (UnderFileSystem trusting = S3Server.open("", options)) {
        assertThat(trusting.status("f", soon())).isInstanceOf(StoreLookup.Present.class);
      }
    }
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void optionsAreChecked() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    assertRefused("s3.endpont", "http://x", "did you mean 's3.endpoint'?");
    assertRefused("s3.endpoint", "ftp://x", "expected a URL");
    assertRefused("s3.endpoint", "http://user:hush@x", "credentials as options");
    assertRefused("s3.path.style", "maybe", "true or false");
    assertRefused("s3.retries.max", "-1", "from 0 to 20");
    assertRefused("s3.connect.timeout", "soon", "expected a duration");
    assertRefused("s3.access.key.id", "id", "s3.secret.key");
    assertRefused("s3.ca.file", empty.toString(), "no certificate");
    assertRefused("s3.ca.file", directory.resolve("none").toString(), "cannot be read");
    assertRefused("s3.conditions", "perhaps", "auto, on or off");
    for (String prices :
        List.of("cheap", "LIST", "LIST=", "LIST=-1", "LIST=NaN", "LIST=1,LIST=2")) {
      assertRefused("s3.prices", prices, "LIST=0.005,HEAD=0.0004");
    }
    for (String uri : new String[] {"s3:///x", "s3://b ad/x", "s3://fast--euw1-az1--x-s3/"}) {
      assertThatThrownBy(() -> new UnderFileSystems().open(uri, UfsSettings.of(Map.of())))
          .as(uri)
          .isInstanceOf(MetadataException.class)
          .hasMessageContaining("store URI");
    }
  }

  private static void assertRefused(String option, String value, String text) {
    assertThatThrownBy(
            () -> new UnderFileSystems().open("s3a://bucket/", Map.of(option, value)).close())
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining(text)
        .hasMessageNotContaining("hush");
  }
}

package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.server.transaction.Caller;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditLogTest {
  private static final Caller ALICE = new Caller("alice", List.of(), false, "127.0.0.1:9");

  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  private AuditLog audit() {
    return new AuditLog("m1", lines -> Collections.addAll(written, lines.toString().split("\n")));
  }

  @Test
  void aLineSaysWhenWhereWhoWhatAndStaysALine() {
    try (AuditLog audit = audit()) {
      audit.write(ALICE, "mkdir", "/a b\nc", "OK", 812_345);
      await().until(() -> !written.isEmpty());
      assertThat(written)
          .singleElement()
          .asString()
          .matches(
              "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z m1 user=alice from=127\\.0\\.0\\.1:9"
                  + " op=mkdir path=/a\\\\u0020b\\\\u000ac result=OK micros=812");
    }
  }

  @Test
  void noNameCanPassForAnotherField() {
    try (AuditLog audit = audit()) {
      audit.write(ALICE, "rename", "/a to=/b", "/c\\u0020", "OK", 0);
      await().until(() -> !written.isEmpty());
      assertThat(written)
          .singleElement()
          .asString()
          .contains(" path=/a\\u0020to=/b to=/c\\u005cu0020 result=OK ");
    }
  }

  @Test
  void aLineIsBoundedWhateverTheRequest() {
    try (AuditLog audit = audit()) {
      audit.write(ALICE, "mkdir", "\n".repeat(16 << 20), "INVALID_PATH", 0);
      await().until(() -> !written.isEmpty());
      assertThat(written)
          .singleElement()
          .asString()
          .contains("\\u000a...(16777216) result=INVALID_PATH ")
          .hasSizeLessThan(6 * 4_096 + 200);
    }
  }

  @Test
  void itWakesUpForALineAfterARest() {
    try (AuditLog audit = audit()) {
      for (int i = 1; i <= 20; i++) {
        int wanted = i;
        audit.write(ALICE, "mkdir", "/" + i, "OK", 0);
        await().until(() -> written.size() == wanted);
      }
    }
  }

  @Test
  void noLineIsLostWhenMoreComeThanAreWritten() throws InterruptedException {
    int each = 60_000;
    try (AuditLog audit = audit()) {
      List<Thread> writers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Thread writer =
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    audit.write(ALICE, "mkdir", "/" + i, "OK", 0);
                  }
                });
        writer.start();
        writers.add(writer);
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    await().untilAsserted(() -> assertThat(written).hasSize(4 * each));
  }

  @Test
  void aLineBehindTheEndIsWrittenByItsCaller() {
    AuditLog audit = audit();
    audit.close();
    audit.write(AuditLog.somebody("127.0.0.1:9"), "mkdir", "/late", "OK", 0);
    assertThat(written).singleElement().asString().contains("user=? from=127.0.0.1:9 op=mkdir");
  }
}

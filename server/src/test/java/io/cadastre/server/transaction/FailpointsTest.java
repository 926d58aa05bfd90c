package io.cadastre.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import io.cadastre.server.transaction.Failpoints.Point;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailpointsTest {
  @Test
  void nothingIsSetByDefault() {
    assertThat(Failpoints.parse("")).isSameAs(Failpoints.NONE);
    assertThat(Failpoints.parse(" , ")).isSameAs(Failpoints.NONE);
    Failpoints.NONE.hit(Point.INTENT_OPENED);
  }

  @Test
  void parsesAList() {
    Failpoints parsed = Failpoints.parse("store-change-done=halt, before-effect=sleep:20");
    assertThat(parsed.isSet(Point.STORE_CHANGE_DONE)).isTrue();
    assertThat(parsed.isSet(Point.BEFORE_EFFECT)).isTrue();
    assertThat(parsed.isSet(Point.INTENT_OPENED)).isFalse();
    long start = System.nanoTime();
    parsed.hit(Point.BEFORE_EFFECT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
  }

  /** The process that it ends would be the test's own; the fault-injecting harness has others. */
  @Test
  void haltOnceDoesNothingWithoutItsFile(@TempDir Path directory) {
    Path file = directory.resolve("armed");
    Failpoints parsed = Failpoints.parse("store-change-done=halt-once:" + file);
    assertThat(parsed.isSet(Point.STORE_CHANGE_DONE)).isTrue();
    parsed.hit(Point.STORE_CHANGE_DONE);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "intent-opened, name=action",
    "nowhere=halt, known: intent-opened",
    "intent-opened=explode, sleep:MILLISECONDS",
    "intent-opened=halt-once:, halt-once:FILE",
    "intent-opened=sleep:-1, sleep:MILLISECONDS"
  })
  void refusesWhatItDoesNotKnow(String text, String expected) {
    assertThatThrownBy(() -> Failpoints.parse(text))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("cadastre.test.failpoints")
        .hasMessageContaining(expected);
  }
}

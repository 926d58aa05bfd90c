package io.cadastre.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, times, modes, globs, tables, JSON. */
final class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1023,1023",
    "1024,1 K",
    "1536,1.5 K",
    "1048575,1 M",
    "1048576,1 M",
    "21474836480,20 G",
    "9223372036854775807,8 E"
  })
  void humanSizes(long bytes, String text) {
    assertThat(SizeText.human(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"500,500", "64KB,65536", "64k,65536", "1 MiB,1048576", "1GB,1073741824", "7b,7"})
  void parsesSizes(String text, long bytes) {
    assertThat(SizeText.parse(text, "--larger")).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5K", "KB", "10X", "99999999999P", "1iB"})
  void refusesWrongSizes(String text) {
    assertThatThrownBy(() -> SizeText.parse(text, "--larger"))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageStartingWith("--larger: got '" + text + "'; expected a size");
  }

  @ParameterizedTest
  @CsvSource({"500,500", "500ms,500", "10s,10000", "5m,300000", "24h,86400000", "7d,604800000"})
  void parsesDurations(String text, long millis) {
    assertThat(TimeText.parseDuration(text, "--newer").toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-5", "10 s", "1.5s", "s", "10y", "999999999999999d"})
  void refusesWrongDurations(String text) {
    assertThatThrownBy(() -> TimeText.parseDuration(text, "--newer"))
        .hasMessageStartingWith("--newer: got '" + text + "'; expected a duration");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 ms",
    "999,999 ms",
    "1000,1.0 s",
    "59999,59.9 s",
    "200000,3 min 20 s",
    "7500000,2 h 5 min"
  })
  void elapsed(long millis, String text) {
    assertThat(TimeText.elapsed(millis)).isEqualTo(text);
  }

  @Test
  void timesLocalAndUtc() {
    long millis = 1_795_266_187_250L;
    ZoneId zone = ZoneId.of("Asia/Tokyo");

    assertThat(TimeText.minute(millis, zone)).isEqualTo("2026-11-21 22:03");
    assertThat(TimeText.utc(millis)).isEqualTo("2026-11-21T13:03:07.250Z");
    assertThat(TimeText.full(millis, zone))
        .isEqualTo("2026-11-21 22:03:07.250 +09:00 (2026-11-21T13:03:07.250Z)");
    assertThat(TimeText.full(0, zone)).isEqualTo("never");
  }

  @ParameterizedTest
  @CsvSource({
    "d,0755,drwxr-xr-x", "-,0644,-rw-r--r--", "l,0777,lrwxrwxrwx", "-,4755,-rwsr-xr-x",
    "-,4644,-rwSr--r--", "-,2755,-rwxr-sr-x", "d,1777,drwxrwxrwt", "d,1776,drwxrwxrwT",
    "-,0000,----------"
  })
  void modes(char type, String mode, String text) {
    assertThat(ModeText.of(type, Integer.parseInt(mode, 8))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "*.txt,a.txt,true", "*.txt,a.txt.gz,false", "?,ü,true", "?,😀,true", "[a-c]x,bx,true",
    "[a-c]x,dx,false", "[!a-c]x,dx,true", "[!a-c]x,ax,false", "a\\*,a*,true", "a\\*,ab,false",
    "[]]x,]x,true", "[a-]x,-x,true", "a.c,abc,false", "*,,true", "[.*]x,ax,false"
  })
  void globs(String glob, String name, boolean matches) {
    assertThat(Glob.of(glob).matches(name == null ? "" : name)).isEqualTo(matches);
  }

  @Test
  void refusesWrongGlobs() {
    assertThatThrownBy(() -> Glob.of("[a")).hasMessage("'[a' is no pattern: a [ is not closed");
    assertThatThrownBy(() -> Glob.of("[z-a]")).hasMessageContaining("wrong range");
  }

  @Test
  void tables() {
    assertThat(new Table("A", "LONG").row("xyz", "").row("", 7).lines())
        .containsExactly("A    LONG", "xyz  -", "-    7");
  }

  @Test
  void json() {
    Json json =
        Json.object()
            .put("text", "a\"b\\c\n\t\u0001ü")
            .put("number", 7)
            .put("none", null)
            .put("yes", true)
            .putIfPresent("empty", "")
            .time("made", 1_795_266_187_250L)
            .time("never", 0)
            .putAll("list", List.of(1, 2), number -> Json.object().put("n", number));

    assertThat(json.toString())
        .isEqualTo(
            "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001ü\",\"number\":7,\"none\":null,\"yes\":true,"
                + "\"madeMillis\":1795266187250,\"made\":\"2026-11-21T13:03:07.250Z\","
                + "\"neverMillis\":null,\"never\":null,\"list\":[{\"n\":1},{\"n\":2}]}");
  }

  @Test
  void jsonHasNoInfinity() {
    Json json = Json.object().put("x", Double.POSITIVE_INFINITY);

    assertThatThrownBy(json::toString).isInstanceOf(IllegalArgumentException.class);
  }
}

package io.cadastre.ufs.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UfsLocationTest {
  @ParameterizedTest
  @CsvSource({
    "/data,                    file:///data",
    "/data/,                   file:///data",
    "//data///a/,              file:///data/a",
    "/,                        file:///",
    "file:///data/a b,         file:///data/a b",
    "file:/data,               file:///data",
    "FILE:///data,             file:///data",
    "s3://bucket,              s3://bucket/",
    "s3://bucket/p/,           s3://bucket/p",
    "hdfs://host:8020/x,       hdfs://host:8020/x",
    "file:///100%25,           file:///100%25"
  })
  void isNormalised(String given, String uri) {
    assertThat(UfsLocation.parse(given).uri()).isEqualTo(uri);
    assertThat(UfsLocation.parse(uri)).isEqualTo(UfsLocation.parse(given));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "data",
        "data/a",
        "file:data",
        ":///x",
        "a b:///x",
        "/a/../b",
        "/a/./b",
        "s3://bucket/..",
        "/a\0b",
        "1s3://b/"
      })
  void refusesWhatIsNoLocation(String given) {
    assertInvalid(given);
  }

  @Test
  void refusesWhatIsTooLong() {
    assertInvalid("/" + "x".repeat(UfsLocation.MAX_LENGTH));
  }

  @Test
  void refusesCredentialsWithoutRepeatingThem() {
    assertThatThrownBy(() -> UfsLocation.parse("s3://key:hush@bucket/p"))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("mount options")
        .hasMessageNotContaining("hush");
  }

  @ParameterizedTest
  @CsvSource({
    "/a,        /a,        true",
    "/a,        /a/b,      true",
    "/a/b,      /a,        true",
    "/,         /a,        true",
    "/a,        /ab,       false",
    "/a/b,      /a/c,      false",
    "s3://x/a,  s3://y/a,  false",
    "s3://x/,   s3://x/a,  true",
    "/a,        s3://a/a,  false"
  })
  void intersectsWhatLiesInIt(String one, String other, boolean expected) {
    UfsLocation left = UfsLocation.parse(one);
    UfsLocation right = UfsLocation.parse(other);
    assertThat(left.intersects(right)).isEqualTo(expected);
    assertThat(right.intersects(left)).isEqualTo(expected);
  }

  private static void assertInvalid(String given) {
    assertThatThrownBy(() -> UfsLocation.parse(given))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}

package io.cadastre.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModeChangeTest {
  /** Results taken from GNU chmod on a file (directory=false) or directory, with umask 0. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          750          | 0644 | false | 0750
          0            | 0777 | false | 0000
          4755         | 0644 | false | 4755
          u+x          | 0644 | false | 0744
          u+rwx,go-w   | 0066 | false | 0744
          go=          | 0777 | false | 0700
          a-x          | 0755 | false | 0644
          +x           | 0644 | false | 0755
          =r           | 0777 | false | 0444
          a+X          | 0644 | false | 0644
          a+X          | 0644 | true  | 0755
          a+X          | 0744 | false | 0755
          u=rw+x       | 0000 | false | 0700
          g=u          | 0640 | false | 0660
          o+g          | 0640 | false | 0644
          u+s          | 0755 | false | 4755
          g+s          | 0755 | false | 2755
          +t           | 0777 | false | 1777
          o-t          | 1777 | false | 0777
          ug+rw,o-rwx  | 0007 | false | 0660
          """)
  void changes(String text, String before, boolean directory, String after) {
    int mode = ModeChange.parse(text).apply(Integer.parseInt(before, 8), directory);

    assertThat(ModeText.octal(mode)).isEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "77777", "u", "u+", "rwx", "u+q", "u+x,", "x+u", "u+ru", "-1"})
  void refusesWhatIsNoMode(String text) {
    if (text.equals("u+")) {
      // As chmod: an operator without permissions changes nothing.
      assertThat(ModeChange.parse(text).apply(0644, false)).isEqualTo(0644);
      return;
    }
    assertThatThrownBy(() -> ModeChange.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void knowsWhenTheCurrentModeIsNeeded() {
    assertThat(ModeChange.parse("755").needsCurrentMode()).isFalse();
    assertThat(ModeChange.parse("u+x").needsCurrentMode()).isTrue();
  }
}

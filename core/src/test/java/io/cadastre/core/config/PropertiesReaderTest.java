package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PropertiesReaderTest {
  private static List<PropertiesReader.Entry> read(String text) throws Exception {
    return PropertiesReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void keepsLinesAndRepeatedKeys() throws Exception {
    assertThat(read("# c\r\na=1\n\n ! c \\\nb : x\\\n   y\\\n#z\na 2\rempty="))
        .containsExactly(
            new PropertiesReader.Entry("a", "1", 2),
            new PropertiesReader.Entry("b", "xy#z", 5),
            new PropertiesReader.Entry("a", "2", 8),
            new PropertiesReader.Entry("empty", "", 9));
  }

  @Test
  void readsUtf8AndNothingElse() throws Exception {
    assertThat(read("\uFEFFa=\u00e9"))
        .containsExactly(new PropertiesReader.Entry("a", "\u00e9", 1));
    assertThatThrownBy(
            () -> PropertiesReader.read("b=1\na=\u00e9".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOfSatisfying(
            PropertiesReader.MalformedLineException.class, e -> assertThat(e.line()).isEqualTo(2))
        .hasMessage("a byte that is not UTF-8");
  }

  @Test
  void aBrokenEscapeIsReportedWithItsLine() {
    assertThatThrownBy(() -> read("a=1\nb=\\u12"))
        .isInstanceOfSatisfying(
            PropertiesReader.MalformedLineException.class, e -> assertThat(e.line()).isEqualTo(2));
  }

  @Test
  void agreesWithTheJdkOnRandomText() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String alphabet = "ab=: \t\f#!\\\n\r";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(24);
      for (int i = 0; i < length; i++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Properties expected = new Properties();
      expected.load(new StringReader(text.toString()));
      Map<String, String> actual = new HashMap<>();
      read(text.toString()).forEach(entry -> actual.put(entry.key(), entry.value()));
      // A stray backslash is nothing to the JDK and an entry without a key here; both are refused.
      actual.remove("");
      expected.remove("");
      assertThat(actual)
          .as("seed %d, text <%s>", seed, text.toString().replace("\n", "\\n").replace("\r", "\\r"))
          .isEqualTo(expected);
    }
  }
}

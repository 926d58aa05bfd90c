package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page docs/bad-input.md and the tests with a tag `bad-input:ID` name the same rows. */
class BadInputTableTest {
  private static final Path PAGE = Path.of("../docs/bad-input.md");
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d+) \\| `([a-z0-9.]+)` \\| .+ \\| .+ \\| `(\\w+\\.\\w+)` \\|");
  private static final Pattern TAGGED =
      Pattern.compile("@Tag\\(\"bad-input:([a-z0-9.]+)\"\\)\\s+(?:public )?void (\\w+)\\(");

  private record Row(int number, String id, String test) {}

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.matches("\\| \\d.*")) {
        Matcher row = ROW.matcher(line);
        assertThat(row.matches()).as(line).isTrue();
        rows.add(new Row(Integer.parseInt(row.group(1)), row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  /** The tests of all modules, by the row that they show. */
  private static TreeMap<String, List<String>> tests() throws IOException {
    TreeMap<String, List<String>> tests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."), 20)) {
      for (Path file : files.filter(BadInputTableTest::isTest).toList()) {
        String text = Files.readString(file);
        String name = file.getFileName().toString().replace(".java", "");
        Matcher tagged = TAGGED.matcher(text);
        int found = 0;
        while (tagged.find()) {
          found++;
          tests
              .computeIfAbsent(tagged.group(1), id -> new ArrayList<>())
              .add(name + "." + tagged.group(2));
        }
        assertThat(text.split("@Tag\\(\"bad-input:", -1)).as(name).hasSize(found + 1);
      }
    }
    return tests;
  }

  private static boolean isTest(Path file) {
    String path = file.toString();
    return path.contains("/src/test/java/")
        && path.endsWith("Test.java")
        && !path.endsWith("/BadInputTableTest.java");
  }

  @Test
  void everyRowHasItsTestAndEveryTestItsRow() throws IOException {
    TreeMap<String, List<String>> expected = new TreeMap<>();
    rows()
        .forEach(
            row -> expected.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row.test()));
    assertThat(tests()).isEqualTo(expected);
    assertThat(expected.values()).allSatisfy(test -> assertThat(test).hasSize(1));
  }

  @Test
  void theRowsAreNumberedAndEnough() throws IOException {
    List<Row> rows = rows();
    assertThat(rows).hasSizeGreaterThanOrEqualTo(40);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).number()).isEqualTo(i + 1);
    }
  }
}

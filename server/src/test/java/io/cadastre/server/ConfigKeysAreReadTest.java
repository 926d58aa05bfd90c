package io.cadastre.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.config.ConfigKey;
import io.cadastre.core.config.ConfigKeys;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A key that nothing reads says so; a key that something reads does not. */
class ConfigKeysAreReadTest {
  private static final List<String> MODULES = List.of("core", "client", "cli", "server");

  @Test
  void everyKeyIsReadSomewhereOrSaysThatItIsNot() throws Exception {
    String sources = sources();
    for (Field field : ConfigKeys.class.getFields()) {
      if (field.getType() == ConfigKey.class) {
        ConfigKey<?> key = (ConfigKey<?>) field.get(null);
        boolean read =
            Pattern.compile("ConfigKeys\\s*\\.\\s*" + field.getName() + "\\b")
                .matcher(sources)
                .find();
        assertThat(read).as(key.name()).isNotEqualTo(key.doc().contains("Not read yet"));
      }
    }
  }

  /** All that is neither the list itself nor a test. */
  private static String sources() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> found = Files.walk(root.resolve(module).resolve("src/main/java"))) {
        found
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("ConfigKeys.java"))
            .forEach(files::add);
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }
}

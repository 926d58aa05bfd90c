package io.cadastre.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making one for real takes an installation; the quickstart does that. */
class ClassArchiveTest {
  @TempDir Path lib;
  private Path jar;

  @BeforeEach
  void library() throws IOException {
    jar = Files.write(lib.resolve("cadastre-a.jar"), new byte[] {1});
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
  }

  private ClassArchive archive() {
    return new ClassArchive(jar.toString());
  }

  private Path made() throws IOException {
    return Files.write(archive().file().orElseThrow(), new byte[] {2});
  }

  @Test
  void itIsUsedOnceItIsThere() throws IOException {
    assertThat(archive().isMissing()).isTrue();
    assertThat(archive().options()).isEmpty();
    Path made = made();
    assertThat(archive().isMissing()).isFalse();
    assertThat(archive().options()).contains("-XX:SharedArchiveFile=" + made);
  }

  @Test
  void itIsMadeAnewForOtherContentOfTheSameSizeAndTime() throws IOException {
    made();
    Files.write(jar, new byte[] {9});
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
    assertThat(archive().isMissing()).isTrue();
    assertThat(archive().options()).isEmpty();
  }

  /**
   * The JVM does not use an archive whose libraries have other times: a copy, an unpacked image.
   */
  @Test
  void itIsMadeAnewForTheSameContentWithAnotherTime() throws IOException {
    made();
    Files.setLastModifiedTime(jar, FileTime.fromMillis(2_000_000));
    assertThat(archive().isMissing()).isTrue();
    assertThat(archive().options()).isEmpty();
  }

  @Test
  void classesThatLieInDirectoriesHaveNone() throws IOException, InterruptedException {
    ClassArchive archive = new ClassArchive(lib.resolve("classes") + ":" + jar);
    assertThat(archive.isMissing()).isFalse();
    archive.prepare(List.of());
    assertThat(names()).containsExactly("cadastre-a.jar");
  }

  @Test
  void aRehearsalThatFailsLeavesNothingAndOlderOnesGo() throws IOException, InterruptedException {
    Files.write(lib.resolve("master-1.2.jsa"), new byte[] {3});
    archive().prepare(List.of());
    assertThat(names()).containsExactly("cadastre-a.jar");
    assertThat(archive().options()).isEmpty();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}

package io.cadastre.ufs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** What needs a process of its own: a user whom permissions bind, and another locale. */
class ChildProcessTest {
  private static final String NOBODY = "65534";

  @TempDir Path directory;
  private Path root;
  private String classPath;

  @BeforeEach
  void copyClasses() throws IOException, URISyntaxException {
    // The other user may not be able to read where the build lies.
    Path copies = Files.createDirectory(directory.resolve("classes"));
    List<Path> parts = new ArrayList<>();
    for (Class<?> of :
        List.of(
            UnprivilegedChecks.class,
            LocalUnderFileSystem.class,
            UnderFileSystem.class,
            MetadataException.class,
            Logger.class)) {
      Path from = Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
      parts.add(copy(from, copies.resolve(parts.size() + "-" + from.getFileName())));
    }
    classPath = parts.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    root = Files.createDirectory(directory.resolve("root"));
    setMode(directory, "rwxr-xr-x");
    setMode(root, "rwxrwxrwx");
  }

  @Test
  void permissionsOfAnUnprivilegedUser() throws Exception {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      assumeTrue(
          Stream.of("/usr/bin/setpriv", "/bin/setpriv")
              .anyMatch(path -> Files.exists(Path.of(path))),
          "tests run as root, and there is no setpriv to become somebody else");
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
      Files.createDirectory(root.resolve("mine"));
      Files.createFile(root.resolve("mine/of-another"));
      setMode(root.resolve("mine/of-another"), "rw-r--r--");
      setMode(root.resolve("mine"), "rwxrwxrwx");
    }
    String output = run(command, "C.UTF-8", UnprivilegedChecks.class, root.toString());
    assertThat(output.lines()).last().isEqualTo("all checks passed");
  }

  @Test
  @Tag("bad-input:store.locale")
  void aLocaleWithoutUtf8IsRefusedWithTheWayOut() throws Exception {
    String output = run(List.of(), "POSIX", OpenInThisLocale.class, root.toString());
    assertThat(output)
        .contains("refused: UNSUPPORTED")
        .contains("start the master with the environment LC_ALL=C.UTF-8");
    assertThat(run(List.of(), "C.UTF-8", OpenInThisLocale.class, root.toString()))
        .contains("opened");
  }

  private String run(List<String> prefix, String locale, Class<?> main, String argument)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", classPath));
    command.addAll(List.of(main.getName(), argument));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path source : tree.toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        setMode(target, "rwxr-xr-x");
      }
    }
    return to;
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}

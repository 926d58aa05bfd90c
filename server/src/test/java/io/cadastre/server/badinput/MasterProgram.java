package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cadastre.server.testing.Trees;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code cadastre master start} as a process of its own, as a service manager would run it. */
final class MasterProgram {
  private static final long PATIENCE_SECONDS = 90;
  private static final String NOBODY = "65534";

  private final Path work;
  private final List<String> prefix;
  private final String classPath;
  private int runs;

  private MasterProgram(Path work, List<String> prefix, String classPath) {
    this.work = work;
    this.prefix = prefix;
    this.classPath = classPath;
  }

  /**
   * As the user who runs the tests.
   *
   * @param work where it keeps what it says
   */
  static MasterProgram in(Path work) throws IOException {
    Files.copy(Path.of("../conf/log4j2.xml"), work.resolve("log4j2.xml"));
    return new MasterProgram(work, List.of(), ownClassPath());
  }

  /**
   * As a user whom permissions bind; the test is skipped, with the reason, if there is none. The
   * classes are copied: that user may not be able to read where the build lies.
   */
  static MasterProgram asNobody(Path work) throws IOException {
    if (!System.getProperty("user.name").equals("root")) {
      return in(work);
    }
    assumeTrue(
        Stream.of("/usr/bin/setpriv", "/bin/setpriv").anyMatch(path -> Files.exists(Path.of(path))),
        "tests run as root, and there is no setpriv to become somebody else");
    Trees.mode(work, "rwxrwxrwx");
    Path logs = Files.copy(Path.of("../conf/log4j2.xml"), work.resolve("log4j2.xml"));
    Trees.mode(logs, "rw-r--r--");
    List<String> copies = new ArrayList<>();
    Path classes = Files.createDirectory(work.resolve("classes"));
    for (String part : ownClassPath().split(File.pathSeparator)) {
      if (Files.exists(Path.of(part))) {
        copies.add(Trees.copy(Path.of(part), classes.resolve(copies.size() + ".jar")).toString());
      }
    }
    Trees.modes(classes, "rwxr-xr-x");
    return new MasterProgram(
        work,
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"),
        String.join(File.pathSeparator, copies));
  }

  private static String ownClassPath() {
    String own = System.getProperty("java.class.path");
    return System.getProperty("surefire.test.class.path", own);
  }

  /** Runs it to its end; fails the test if that does not come. */
  Said run(String... arguments) throws IOException, InterruptedException {
    Running master = start(arguments);
    return master.end();
  }

  /** Starts it; close what you get. */
  Running start(String... arguments) throws IOException {
    List<String> command = java();
    command.addAll(List.of("io.cadastre.cli.Main", "master", "start"));
    command.addAll(List.of(arguments));
    return new Running(command, work.resolve("run-" + runs++));
  }

  /** What a file test says for that user: `-r` or `-x` of test(1). */
  boolean may(String test, Path path) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("test", test, path.toString()));
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  private List<String> java() {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xmx256m",
            "-Dfile.encoding=UTF-8",
            "-Duser.home=" + work,
            "-Dcadastre.logs.dir=" + work.resolve("logs"),
            "-Dlog4j2.configurationFile=" + work.resolve("log4j2.xml"),
            "-cp",
            classPath));
    return command;
  }

  /** A master that may still be starting, may run, or may have ended. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(List<String> command, Path output) throws IOException {
      out = output.resolveSibling(output.getFileName() + ".out");
      err = output.resolveSibling(output.getFileName() + ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.directory(output.getParent().toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      process = builder.start();
    }

    /** Waits until it ends by itself. */
    Said end() throws InterruptedException {
      try {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .as("the master ended by itself; it said: %s", read(err))
            .isTrue();
        return new Said(process.exitValue(), read(out), read(err));
      } finally {
        process.destroyForcibly();
      }
    }

    boolean ended() {
      return !process.isAlive();
    }

    /** Asks it to stop, as an operator or a service manager does, and waits until it has. */
    Said stop() throws InterruptedException {
      process.destroy();
      return end();
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package io.cadastre.cli.local;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.core.config.MasterJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts masters as processes of their own, in a session of their own, so that they outlive the
 * command and its terminal.
 *
 * @param mainClass takes `--conf FILE`
 */
record MasterLauncher(CliEnvironment environment, String classPath, String mainClass) {
  static final String SERVER_MAIN = "io.cadastre.server.bootstrap.ServerMain";

  /** For tests: another main class for the masters. */
  static final String MAIN_CLASS_VARIABLE = "CADASTRE_LOCAL_MAIN_CLASS";

  /** With the class path of this process, which holds the server in an installation. */
  static MasterLauncher ofThisProcess(CliEnvironment environment) {
    return new MasterLauncher(
        environment,
        System.getProperty("java.class.path"),
        environment.variable(MAIN_CLASS_VARIABLE).orElse(SERVER_MAIN));
  }

  /** Starts the process and writes its pid file; does not wait until it serves. */
  Process start(MasterDirectory directory) {
    try {
      directory.create();
      directory.wipeTmp();
      File out = directory.outFile().toFile();
      Files.writeString(
          out.toPath(),
          "--- started by `cadastre local` at " + Instant.now() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      ProcessBuilder builder =
          new ProcessBuilder(command(directory))
              .directory(directory.path().toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(out))
              .redirectError(ProcessBuilder.Redirect.appendTo(out));
      // File names of a local store are decoded with this; the user's own locale may be anything.
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      new MasterProcess(directory).remember(process.pid());
      return process;
    } catch (IOException e) {
      throw CliFailure.local(
          "Cannot start the master in " + directory.path() + ": " + e.getMessage(), e);
    }
  }

  /** The classes of the masters that this starts. */
  ClassArchive archive() {
    return new ClassArchive(classPath);
  }

  /** Options of a master's JVM about its logging. */
  List<String> logging() {
    return logConfiguration()
        .map(file -> List.of("-Dlog4j2.configurationFile=" + file))
        .orElse(List.of());
  }

  List<String> command(MasterDirectory directory) {
    List<String> command = new ArrayList<>();
    // Not a group leader here, so setsid replaces itself by java and the process number stays.
    findProgram("setsid").ifPresent(program -> command.add(program.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(MasterProcess.mark(directory));
    command.addAll(
        environment
            .variable("CADASTRE_MASTER_OPTS")
            .map(options -> List.of(options.strip().split("\\s+")))
            .orElse(MasterJvm.DEFAULT_OPTIONS));
    command.addAll(archive().options());
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Dsun.jnu.encoding=UTF-8");
    command.add("-Djava.io.tmpdir=" + directory.tmp());
    command.add("-Dcadastre.logs.dir=" + directory.logs());
    command.add("-Dcadastre.node=" + directory.path().getFileName());
    command.addAll(logging());
    command.add("-XX:ErrorFile=" + directory.logs().resolve("hs_err_%p.log"));
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.add("--conf");
    command.add(directory.configFile().toString());
    return command;
  }

  private Optional<Path> logConfiguration() {
    return environment
        .installation()
        .map(home -> home.resolve("conf").resolve("log4j2.xml"))
        .filter(Files::exists);
  }

  private Optional<Path> findProgram(String name) {
    return environment.variable("PATH").stream()
        .flatMap(path -> List.of(path.split(File.pathSeparator)).stream())
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

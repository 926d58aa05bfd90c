package io.cadastre.bench.yardstick;

import io.cadastre.core.config.MasterJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM with a main class of ours that takes lines and answers lines. Ends with {@link #close}. For
 * one thread.
 */
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  ChildProcess(Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(MasterJvm.DEFAULT_OPTIONS);
    String logging = System.getProperty("cadastre.bench.log4j.quiet", "");
    if (!logging.isEmpty()) {
      command.add("-Dlog4j2.configurationFile=" + logging);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
  }

  long pid() {
    return process.pid();
  }

  void send(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
  }

  /** The rest of the next line that begins so; other lines are passed over. */
  String await(String prefix) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length()).trim();
      }
    }
    throw new IOException("The process ended without saying " + prefix);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

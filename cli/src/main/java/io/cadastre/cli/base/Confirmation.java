package io.cadastre.cli.base;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A question before something that cannot be taken back. */
public final class Confirmation {
  private Confirmation() {}

  /**
   * Returns if the user agrees; `yes` is the command's `--yes`.
   *
   * @throws CliFailure USAGE if nobody can be asked, DECLINED if the answer is not yes
   */
  public static void require(CliEnvironment environment, boolean yes, String question) {
    if (yes) {
      return;
    }
    if (!environment.inputTerminal()) {
      throw CliFailure.usage(
          question
              + " Nobody can answer here: standard input is no terminal. Pass --yes to do it.");
    }
    environment.output().prompt(question + " [y/N] ");
    String answer = readLine(environment);
    if (!answer.equals("y") && !answer.equals("yes")) {
      throw new CliFailure(ExitCodes.DECLINED, "Nothing was done.");
    }
  }

  private static String readLine(CliEnvironment environment) {
    // Not more than the line: what follows may be the answer to the next question.
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      InputStream input = environment.input();
      for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
        line.write(next);
      }
      return line.toString(StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      throw CliFailure.local("Cannot read the answer: " + e.getMessage(), e);
    }
  }
}

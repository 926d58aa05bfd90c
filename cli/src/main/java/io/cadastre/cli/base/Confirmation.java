package io.cadastre.cli.base;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
    try {
      String line =
          new BufferedReader(new InputStreamReader(environment.input(), StandardCharsets.UTF_8))
              .readLine();
      return line == null ? "" : line.strip().toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      throw CliFailure.local("Cannot read the answer: " + e.getMessage(), e);
    }
  }
}

package io.cadastre.cli.base;

/**
 * A command cannot go on: the exit code and the words for the user, which say what to do next.
 * Carries no stack trace; its cause, if any, is shown with `--verbose`.
 */
public final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCodes exit;

  public CliFailure(ExitCodes exit, String message) {
    this(exit, message, null);
  }

  public CliFailure(ExitCodes exit, String message, Throwable cause) {
    super(message, cause, false, false);
    this.exit = exit;
  }

  public static CliFailure usage(String message) {
    return new CliFailure(ExitCodes.USAGE, message);
  }

  /** The local machine failed: a file, a program, the output. */
  public static CliFailure local(String message, Throwable cause) {
    return new CliFailure(ExitCodes.INTERNAL, message, cause);
  }

  public ExitCodes exit() {
    return exit;
  }
}

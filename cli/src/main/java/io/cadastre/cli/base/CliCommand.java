package io.cadastre.cli.base;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does something. Fails by {@link CliFailure} or a MetadataException. */
public abstract class CliCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Runs it; on the main thread. */
  protected abstract ExitCodes run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    int code;
    try {
      code = run().code();
    } catch (Exception e) {
      flushWhatThereIs(e);
      throw e;
    }
    output().flush();
    return code;
  }

  /** What was found before a failure is shown, in front of what went wrong. */
  private void flushWhatThereIs(Exception failure) {
    try {
      output().flush();
    } catch (RuntimeException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** The exit code after a failure that usually means this one. */
  protected ExitCodes onFailure(ExitCodes usual) {
    return usual;
  }

  protected final CliContext context() {
    return ((CliContext.Holder) spec.root().userObject()).context();
  }

  protected final Output output() {
    return context().output();
  }

  protected final boolean json() {
    return context().json();
  }

  protected final CommandSpec spec() {
    return spec;
  }
}

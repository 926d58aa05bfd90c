package io.cadastre.cli.base;

/** The reader of standard output has gone, as with `| head`: the command ends, quietly. */
public final class OutputClosed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutputClosed() {
    super("standard output is closed", null, false, false);
  }
}

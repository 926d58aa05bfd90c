package io.cadastre.cli.base;

/** What the root command hands to the others: options, surroundings, offline tools. */
public record CliContext(
    GlobalOptions options, CliEnvironment environment, JournalTools journalTools) {

  /** Implemented by the root command. */
  public interface Holder {
    CliContext context();
  }

  public Output output() {
    return environment.output();
  }

  public boolean json() {
    return options.json();
  }
}

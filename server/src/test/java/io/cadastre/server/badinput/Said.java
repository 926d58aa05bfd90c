package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

/** What a command, or a master that did not start, left behind for its user. */
public record Said(int exit, String out, String err) {
  /** It failed with this exit code and these words, and without a stack trace. */
  public Said refuses(int code, String... words) {
    assertThat(err).as("exit code %d, standard output: %s", exit, out).contains(words);
    assertThat(exit).as(err).isEqualTo(code);
    return spareTheUser();
  }

  public Said succeeds() {
    assertThat(exit).as(err).isZero();
    return spareTheUser();
  }

  private Said spareTheUser() {
    assertThat(err + out)
        .doesNotContain(
            "\tat ", "Caused by:", "Exception", "java.lang", "org.apache.", "io.cadastre.");
    return this;
  }
}

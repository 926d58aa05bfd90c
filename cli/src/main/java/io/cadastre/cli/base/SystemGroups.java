package io.cadastre.cli.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The groups of a user, by the system's `id`. A directory of users that does not answer (NIS, LDAP)
 * delays a command no longer than the patience.
 *
 * @param program `id`, or its path
 */
record SystemGroups(String program, Duration patience, Output output) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  static SystemGroups ofThisSystem(Output output) {
    return new SystemGroups("id", PATIENCE, output);
  }

  /** None if the system does not know the user: the masters then know only his name. */
  List<String> of(String user) {
    if (user.startsWith("-")) {
      return List.of();
    }
    try {
      // A name may have blanks in it. Not every `id` can end names with a zero.
      return asked("\0", "-Gnz", user).or(() -> asked("\\s+", "-Gn", user)).orElse(List.of());
    } catch (UncheckedIOException e) {
      // A system without `id`.
      return List.of();
    }
  }

  /** Empty if it fails. */
  private Optional<List<String>> asked(String separator, String option, String user) {
    try {
      Process id =
          new ProcessBuilder(program, option, user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> allOf(id));
      try {
        String names =
            new String(read.get(patience.toNanos(), TimeUnit.NANOSECONDS), StandardCharsets.UTF_8);
        return id.waitFor() == 0 ? Optional.of(split(names, separator)) : Optional.empty();
      } catch (TimeoutException e) {
        output.note(
            "Warning: `id` has not told the groups of " + user + " in time; going on without them");
        return Optional.of(List.of());
      } finally {
        id.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ExecutionException e) {
      throw CliFailure.local("Cannot read the groups of " + user + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure(ExitCodes.INTERRUPTED, "Interrupted", e);
    }
  }

  private static byte[] allOf(Process process) {
    try {
      return process.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String names, String separator) {
    return Arrays.stream(names.split(separator)).filter(name -> !name.isEmpty()).toList();
  }
}

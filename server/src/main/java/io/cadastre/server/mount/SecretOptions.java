package io.cadastre.server.mount;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Options that are secret: journaled only as references to where each master finds them, never
 * shown. Stateless.
 */
public final class SecretOptions {
  /** What is shown instead. */
  public static final String HIDDEN = "***";

  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";
  private static final List<String> WORDS =
      List.of("secret", "password", "passwd", "token", "credential", "access.key", "accesskey");

  private SecretOptions() {}

  /** Whether an option of this name holds a secret. */
  public static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(lower::contains);
  }

  /**
   * Refuses a secret that was given as it is.
   *
   * @throws MetadataException INVALID_ARGUMENT, saying what to write instead; never the value
   */
  public static void check(String name, String value) {
    if (isSecret(name) && !value.startsWith(ENVIRONMENT) && !value.startsWith(FILE)) {
      throw MetadataException.invalid(
          "option " + name,
          "holds a secret, which is not journaled; pass env:NAME or file:/path, to be read on each master");
    }
  }

  /**
   * The options as the store gets them, with references replaced by what they refer to on this
   * machine.
   *
   * @throws MetadataException STORE_REFUSED if one cannot be read
   */
  public static Map<String, String> resolve(List<MountOption> options) {
    Map<String, String> resolved = new HashMap<>();
    for (MountOption option : options) {
      resolved.put(
          option.name(),
          isSecret(option.name()) ? read(option.name(), option.value()) : option.value());
    }
    return resolved;
  }

  private static String read(String name, String reference) {
    if (reference.startsWith(ENVIRONMENT)) {
      String value = System.getenv(reference.substring(ENVIRONMENT.length()));
      if (value == null) {
        throw missing(name, reference, "the variable is not set in the master's environment");
      }
      return value;
    }
    try {
      return Files.readString(Path.of(reference.substring(FILE.length()))).strip();
    } catch (IOException | RuntimeException e) {
      throw missing(name, reference, "the file cannot be read by the master");
    }
  }

  private static MetadataException missing(String name, String reference, String why) {
    return new MetadataException(ErrorCode.STORE_REFUSED, "Option " + name + ": " + why)
        .with("reference", reference);
  }
}

package io.cadastre.client;

import java.util.List;
import java.util.Objects;

/**
 * Who calls: travels with each call. With SIMPLE authentication the masters take it as given.
 *
 * @param user a user name, not empty
 * @param groups names of the user's groups, may be empty
 */
public record CallerIdentity(String user, List<String> groups) {
  public CallerIdentity {
    Objects.requireNonNull(user, "user");
    groups = List.copyOf(groups);
    Checks.require(!user.isEmpty(), "user", "must not be empty");
  }

  /** The user of this process, without groups. */
  public static CallerIdentity ofProcess() {
    return new CallerIdentity(System.getProperty("user.name"), List.of());
  }

  io.cadastre.core.api.proto.Caller toProto() {
    return io.cadastre.core.api.proto.Caller.newBuilder()
        .setUser(user)
        .addAllGroups(groups)
        .build();
  }
}

package io.cadastre.server.rpc;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.transaction.Caller;
import java.util.List;

/**
 * SIMPLE authentication: the user name is taken as given, which is why the ports bind to loopback
 * only.
 */
public final class CallerResolver {
  private static final int MAX_NAME = 255;
  private static final int MAX_GROUPS = 1_000;

  private final String superuser;
  private final String supergroup;

  public CallerResolver(String superuser, String supergroup) {
    this.superuser = superuser;
    this.supergroup = supergroup;
  }

  /**
   * Who calls.
   *
   * @throws MetadataException UNAUTHENTICATED if the request names nobody
   */
  Caller resolve(io.cadastre.core.api.proto.Caller caller, String address) {
    String user = caller.getUser();
    if (user.isEmpty()) {
      throw new MetadataException(
          ErrorCode.UNAUTHENTICATED, "The request does not say who calls (caller.user is empty)");
    }
    if (user.length() > MAX_NAME || caller.getGroupsCount() > MAX_GROUPS) {
      throw MetadataException.invalid(
          "caller",
          "a name has at most "
              + MAX_NAME
              + " characters, a user at most "
              + MAX_GROUPS
              + " groups");
    }
    List<String> groups = List.copyOf(caller.getGroupsList());
    return new Caller(user, groups, user.equals(superuser) || groups.contains(supergroup), address);
  }
}

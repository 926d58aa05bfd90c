package io.cadastre.cli.base;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.EnumSet;
import java.util.Set;

/** A command that talks to the cluster. */
public abstract class ClusterCommand extends CliCommand {
  private static final Set<ErrorCode> NOBODY_ANSWERED =
      EnumSet.of(ErrorCode.UNAVAILABLE, ErrorCode.NOT_LEADER, ErrorCode.DEADLINE_EXCEEDED);

  private ClusterAddress address;

  /** Runs it; the client is closed afterwards. */
  protected abstract ExitCodes run(MetadataClient client) throws Exception;

  @Override
  protected final ExitCodes run() throws Exception {
    check();
    address = new ClusterLocator(context().options(), context().environment()).locate();
    try (MetadataClient client = ClientFactory.open(context(), address)) {
      return run(client);
    } catch (MetadataException e) {
      throw NOBODY_ANSWERED.contains(e.code()) ? withMasters(e) : e;
    }
  }

  /**
   * Looks at the options before anything is sent; throws a {@link CliFailure} if they are wrong.
   */
  protected void check() {}

  /** The cluster of this run. */
  protected final ClusterAddress address() {
    return address;
  }

  /** Says which masters were asked, and why those. */
  final MetadataException withMasters(MetadataException e) {
    return e.with("asked", address.masters() + " from " + address.origin());
  }
}

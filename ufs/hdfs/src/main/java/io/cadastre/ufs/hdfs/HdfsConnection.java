package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsLocation;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DFSClient;
import org.apache.hadoop.hdfs.protocol.ClientProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount's own client, made at the first request, so that a master starts while the name node or
 * the key distribution centre is away. No client is shared with another mount. Thread-safe; {@link
 * #close} never waits for a login that hangs.
 */
final class HdfsConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HdfsConnection.class);

  private final UfsLocation location;
  private final HdfsSettings settings;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile DFSClient client;
  private volatile boolean closed;

  HdfsConnection(UfsLocation location, HdfsSettings settings) {
    this.location = location;
    this.settings = settings;
  }

  Configuration configuration() {
    return settings.configuration();
  }

  /**
   * What sends requests. Each of its calls is one request, repeated by Hadoop's client at another
   * name node where there are two; the name node remembers what it has answered.
   *
   * @throws UfsException UNAVAILABLE if it cannot be made or is closed: nothing was sent; REFUSED
   */
  ClientProtocol nameNode() {
    return client().getNamenode();
  }

  /** Names the client to the name node, for files that it creates. */
  String clientName() {
    return client().getClientName();
  }

  private DFSClient client() {
    DFSClient known = client;
    if (known == null || closed) {
      known = open();
    }
    return known;
  }

  private DFSClient open() {
    opening.lock();
    try {
      if (closed) {
        throw closedNow();
      }
      if (client == null) {
        client = make();
      }
      DFSClient made = client;
      if (closed) {
        close(made);
        throw closedNow();
      }
      return made;
    } finally {
      opening.unlock();
    }
  }

  private DFSClient make() {
    try {
      URI nameService = new URI(location.scheme(), location.authority(), null, null, null);
      PrivilegedExceptionAction<DFSClient> creation =
          () -> new DFSClient(nameService, settings.configuration());
      return HdfsLogin.login(settings).doAs(creation);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } catch (UfsException e) {
      throw e;
    } catch (IOException | URISyntaxException | RuntimeException e) {
      // A host that is not known is an IllegalArgumentException there.
      throw unavailable(e);
    }
  }

  private UfsException unavailable(Exception failure) {
    return new UfsException(
        Kind.UNAVAILABLE,
        "Cannot connect to " + location.uri() + ": " + HdfsErrors.reasonOf(failure),
        failure);
  }

  private UfsException closedNow() {
    return new UfsException(Kind.UNAVAILABLE, "The store " + location.uri() + " is closed");
  }

  @Override
  public void close() {
    closed = true;
    if (opening.tryLock()) {
      try {
        if (client != null) {
          close(client);
        }
      } finally {
        opening.unlock();
      }
    }
  }

  private static void close(DFSClient client) {
    try {
      client.close();
    } catch (IOException e) {
      LOG.debug("A client of a name node could not be closed cleanly", e);
    }
  }
}

package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * Who asks the name node, for each mount by itself: a name, or a Kerberos principal whose ticket
 * Hadoop's client renews from its keytab.
 *
 * <p>Hadoop keeps one thing for the whole plug-in: whether Kerberos is used at all. The first mount
 * that logs in decides it; one that needs the other is refused.
 */
final class HdfsLogin {
  private static Boolean kerberos;

  private HdfsLogin() {}

  /**
   * Logs in; with Kerberos that asks a key distribution centre and blocks.
   *
   * @throws IOException if that fails
   * @throws UfsException REFUSED if other mounts of this master log in another way
   */
  static UserGroupInformation login(HdfsSettings settings) throws IOException {
    choose(settings);
    if (!settings.usesKerberos()) {
      return UserGroupInformation.createRemoteUser(
          settings.user().orElse(System.getProperty("user.name")));
    }
    UserGroupInformation own =
        UserGroupInformation.loginUserFromKeytabAndReturnUGI(
            settings.principal().orElseThrow(), settings.keytab().orElseThrow().toString());
    return settings.user().isPresent()
        ? UserGroupInformation.createProxyUser(settings.user().get(), own)
        : own;
  }

  private static synchronized void choose(HdfsSettings settings) {
    if (kerberos == null) {
      UserGroupInformation.setConfiguration(settings.configuration());
      kerberos = settings.usesKerberos();
    }
    if (kerberos != settings.usesKerberos()) {
      throw new UfsException(
          Kind.REFUSED,
          "The HDFS mounts of a master log in all with Kerberos, or all without; this one would do"
              + " otherwise than those before it");
    }
  }
}

package io.cadastre.ufs.s3;

import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Trust in the certificates of one file, and in no others. Stateless. */
final class TrustedCertificates {
  private TrustedCertificates() {}

  /**
   * Reads a file of certificates, PEM or DER.
   *
   * @throws MetadataException INVALID_ARGUMENT if it cannot be read or has none
   */
  static TrustManager[] of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw bad(file, "has no certificate");
      }
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    } catch (IOException e) {
      throw bad(file, "cannot be read on this master");
    } catch (GeneralSecurityException e) {
      throw bad(file, "has no certificate in PEM: " + e.getMessage());
    }
  }

  private static MetadataException bad(Path file, String problem) {
    return MetadataException.invalid("option " + S3Options.CA_FILE, "'" + file + "' " + problem);
  }
}

package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** An s3proxy of this process over objects in memory, with one bucket. Speaks real HTTP. */
public final class S3Server implements AutoCloseable {
  public static final String BUCKET = "bucket";
  public static final String KEY_ID = "local-identity";
  public static final String SECRET = "local-credential";
  static final String PASSWORD = "changeit";

  /** The order that S3 promises. */
  static final Comparator<String> UTF8 = NamespacePath::compareNames;

  /** The order of Java's strings. */
  static final Comparator<String> UTF16 = Comparator.naturalOrder();

  private final S3Proxy proxy;
  private final boolean secure;
  final TreeMapBlobStore objects;

  public S3Server() {
    this(UTF8, AuthenticationType.AWS_V4, null);
  }

  /**
   * @param keyStore for https; null for http
   */
  S3Server(Comparator<String> order, AuthenticationType authentication, Path keyStore) {
    objects = new TreeMapBlobStore(order);
    objects.make(BUCKET);
    secure = keyStore != null;
    S3Proxy.Builder builder =
        S3Proxy.builder().blobStore(objects).ignoreUnknownHeaders(true).jettyMaxThreads(40);
    if (authentication == AuthenticationType.NONE) {
      builder.awsAuthentication(authentication, null, null);
    } else {
      builder.awsAuthentication(authentication, KEY_ID, SECRET);
    }
    if (secure) {
      builder.secureEndpoint(URI.create("https://127.0.0.1:0"));
      builder.keyStore(keyStore.toUri().toString(), PASSWORD);
    } else {
      builder.endpoint(URI.create("http://127.0.0.1:0"));
    }
    proxy = builder.build();
    try {
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public URI endpoint() {
    return URI.create(
        secure
            ? "https://127.0.0.1:" + proxy.getSecurePort()
            : "http://127.0.0.1:" + proxy.getPort());
  }

  public InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", endpoint().getPort());
  }

  /** Options that lead to an endpoint, with the right key. */
  static Map<String, String> options(URI endpoint) {
    Map<String, String> options = new HashMap<>();
    options.put("s3.endpoint", endpoint.toString());
    options.put("s3.access.key.id", KEY_ID);
    options.put("s3.secret.key", SECRET);
    return options;
  }

  Map<String, String> options() {
    return options(endpoint());
  }

  UnderFileSystem open(String prefix) {
    return open(prefix, options());
  }

  static UnderFileSystem open(String prefix, Map<String, String> options) {
    return new UnderFileSystems().open("s3://" + BUCKET + "/" + prefix, UfsSettings.of(options));
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

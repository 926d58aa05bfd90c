package io.cadastre.ufs.s3;

import io.cadastre.core.config.ByteSizeType;
import io.cadastre.core.config.DurationType;
import io.cadastre.core.config.ValueType;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StorePrices;
import io.cadastre.ufs.spi.UfsSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a mount, checked. Immutable. Their names and meanings are in `docs/s3.md`.
 *
 * @param endpoint empty for the one that AWS has for the region
 * @param region empty if it is to be found out
 * @param pathStyle whether the bucket stands in the path of requests and not in the host name
 * @param credentials how requests are signed
 * @param caFile certificates that are trusted instead of the JVM's, PEM
 * @param retriesMax retries of one request, after the first attempt
 * @param connectionsMax most connections at once
 * @param requestTimeout of one attempt
 * @param singleCopyMaxBytes larger objects are copied in parts
 * @param conditions whether requests carry conditions
 * @param prices what requests cost
 */
record S3Options(
    Optional<URI> endpoint,
    Optional<String> region,
    boolean pathStyle,
    Credentials credentials,
    Optional<Path> caFile,
    int retriesMax,
    int connectionsMax,
    Duration connectTimeout,
    Duration requestTimeout,
    long singleCopyMaxBytes,
    Conditions conditions,
    StorePrices prices) {
  static final String ENDPOINT = "s3.endpoint";
  static final String REGION = "s3.region";
  static final String PATH_STYLE = "s3.path.style";
  static final String ACCESS_KEY_ID = "s3.access.key.id";
  static final String SECRET_KEY = "s3.secret.key";
  static final String SESSION_TOKEN = "s3.session.token";
  static final String ANONYMOUS = "s3.anonymous";
  static final String PROFILE = "s3.profile";
  static final String CA_FILE = "s3.ca.file";
  static final String RETRIES_MAX = "s3.retries.max";
  static final String CONNECTIONS_MAX = "s3.connections.max";
  static final String CONNECT_TIMEOUT = "s3.connect.timeout";
  static final String REQUEST_TIMEOUT = "s3.request.timeout";
  static final String SINGLE_COPY_MAX = "s3.single.copy.max";
  static final String CONDITIONS = "s3.conditions";
  static final String PRICES = "s3.prices";

  /** All of them. */
  static final Set<String> KNOWN =
      Set.of(
          ENDPOINT,
          REGION,
          PATH_STYLE,
          ACCESS_KEY_ID,
          SECRET_KEY,
          SESSION_TOKEN,
          ANONYMOUS,
          PROFILE,
          CA_FILE,
          RETRIES_MAX,
          CONNECTIONS_MAX,
          CONNECT_TIMEOUT,
          REQUEST_TIMEOUT,
          SINGLE_COPY_MAX,
          CONDITIONS,
          PRICES);

  private static final DurationType TIMEOUTS = DurationType.between("10ms", "1h");

  /** AWS copies objects of up to 5 GiB by one request; a part has at least 5 MiB. */
  private static final ByteSizeType COPIES = ByteSizeType.between("5MB", "5GB");

  /** How requests are signed. */
  sealed interface Credentials {
    /** Not at all. */
    record Anonymous() implements Credentials {}

    /** By a key. */
    record Key(String id, String secret, Optional<String> sessionToken) implements Credentials {
      /** Never shown. */
      @Override
      public String toString() {
        return "Key[***]";
      }
    }

    /** By a profile of the files `~/.aws/config` and `~/.aws/credentials`. */
    record Profile(String name) implements Credentials {}

    /** As the SDK finds them: environment, files, the machine's role. */
    record Found() implements Credentials {}
  }

  /** Whether requests carry conditions such as `If-None-Match`. */
  enum Conditions {
    /** Sent, and believed of AWS only. */
    AUTO,
    /** Sent and believed: the endpoint is known to keep them. */
    ON,
    /** Never sent. */
    OFF
  }

  /**
   * Reads and checks all options.
   *
   * @throws MetadataException INVALID_ARGUMENT, naming the option; never with a secret's value
   */
  static S3Options of(UfsSettings settings, String scheme) {
    settings.checkOptions(scheme, KNOWN);
    Optional<URI> endpoint = settings.option(ENDPOINT).map(S3Options::endpoint);
    return new S3Options(
        endpoint,
        settings.option(REGION).map(S3Options::region),
        bool(settings, PATH_STYLE).orElse(endpoint.isPresent()),
        credentials(settings),
        settings.option(CA_FILE).map(Path::of),
        number(settings, RETRIES_MAX, 0, 20, 5),
        number(settings, CONNECTIONS_MAX, 1, 1_000, 64),
        value(settings, CONNECT_TIMEOUT, TIMEOUTS, "5s"),
        value(settings, REQUEST_TIMEOUT, TIMEOUTS, "30s"),
        value(settings, SINGLE_COPY_MAX, COPIES, "5GB"),
        conditions(settings),
        prices(settings, endpoint.isEmpty() ? "aws" : "none"));
  }

  private static URI endpoint(String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw badEndpoint(text);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    boolean bare = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    if (!web || uri.getHost() == null || !bare || uri.getRawQuery() != null) {
      throw badEndpoint(text);
    }
    if (uri.getUserInfo() != null) {
      // Not echoed: it may hold a password.
      throw MetadataException.invalid(
          "option " + ENDPOINT, "holds user information; pass credentials as options of their own");
    }
    return uri;
  }

  private static MetadataException badEndpoint(String text) {
    return MetadataException.invalid(
        "option " + ENDPOINT,
        (text.indexOf('@') >= 0 ? "" : "'" + text + "': ")
            + "expected a URL without a path, such as https://minio.example:9000");
  }

  private static String region(String text) {
    if (!text.matches("[A-Za-z0-9][A-Za-z0-9-]{0,62}")) {
      throw MetadataException.invalid(
          "option " + REGION, "'" + text + "': expected a region such as eu-central-1");
    }
    return text;
  }

  private static Credentials credentials(UfsSettings settings) {
    Optional<String> id = settings.option(ACCESS_KEY_ID);
    Optional<String> secret = settings.option(SECRET_KEY);
    Optional<String> token = settings.option(SESSION_TOKEN);
    Optional<String> profile = settings.option(PROFILE);
    boolean anonymous = bool(settings, ANONYMOUS).orElse(false);
    if (id.isPresent() != secret.isPresent()) {
      String missing = id.isPresent() ? SECRET_KEY : ACCESS_KEY_ID;
      throw MetadataException.invalid(
          "option " + missing, "is missing; a key is an id and a secret, give both or neither");
    }
    if (token.isPresent() && id.isEmpty()) {
      throw MetadataException.invalid(
          "option " + SESSION_TOKEN, "needs " + ACCESS_KEY_ID + " and " + SECRET_KEY + " too");
    }
    int ways = (anonymous ? 1 : 0) + (id.isPresent() ? 1 : 0) + (profile.isPresent() ? 1 : 0);
    if (ways > 1) {
      throw MetadataException.invalid(
          "store options",
          "give one of " + ANONYMOUS + ", " + ACCESS_KEY_ID + " with its secret, and " + PROFILE);
    }
    if (anonymous) {
      return new Credentials.Anonymous();
    } else if (id.isPresent()) {
      return new Credentials.Key(id.get(), secret.get(), token);
    }
    return profile.<Credentials>map(Credentials.Profile::new).orElseGet(Credentials.Found::new);
  }

  private static Conditions conditions(UfsSettings settings) {
    String text = settings.option(CONDITIONS).orElse("auto");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> Conditions.AUTO;
      case "on" -> Conditions.ON;
      case "off" -> Conditions.OFF;
      default -> throw bad(CONDITIONS, text, "auto, on or off");
    };
  }

  private static StorePrices prices(UfsSettings settings, String otherwise) {
    String text = settings.option(PRICES).orElse(otherwise);
    return RequestPrices.parse(text).orElseThrow(() -> bad(PRICES, text, RequestPrices.EXPECTED));
  }

  private static Optional<Boolean> bool(UfsSettings settings, String key) {
    return settings
        .option(key)
        .map(
            text ->
                switch (text.toLowerCase(Locale.ROOT)) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw bad(key, text, "true or false");
                });
  }

  private static int number(UfsSettings settings, String key, int min, int max, int otherwise) {
    Optional<String> text = settings.option(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    String expected = "a whole number from " + min + " to " + max;
    try {
      int value = Integer.parseInt(text.get());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw bad(key, text.get(), expected);
    }
    throw bad(key, text.get(), expected);
  }

  private static <T> T value(
      UfsSettings settings, String key, ValueType<T> type, String otherwise) {
    String text = settings.option(key).orElse(otherwise);
    try {
      return type.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad(key, text, type.expected());
    }
  }

  private static MetadataException bad(String key, String text, String expected) {
    return MetadataException.invalid("option " + key, "'" + text + "': expected " + expected);
  }

  /** Whether requests go to AWS itself, whose behaviour is known. */
  boolean aws() {
    return endpoint.isEmpty()
        || endpoint.get().getHost().endsWith(".amazonaws.com")
        || endpoint.get().getHost().endsWith(".amazonaws.com.cn");
  }

  /** Whether conditions are kept for certain. */
  boolean conditionsHold() {
    return conditions == Conditions.ON || (conditions == Conditions.AUTO && aws());
  }
}

package io.cadastre.ufs.s3;

import io.cadastre.core.error.MetadataException;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes a client of the SDK from a mount's options. Sends nothing. Stateless. */
final class S3Clients {
  /** Pauses before retries grow from the first to the last, half of each at random. */
  private static final BackoffStrategy BACK_OFF =
      BackoffStrategy.exponentialDelay(Duration.ofMillis(50), Duration.ofSeconds(5));

  /** After `SlowDown` and its like. */
  private static final BackoffStrategy SLOW_DOWN =
      BackoffStrategy.exponentialDelay(Duration.ofMillis(200), Duration.ofSeconds(20));

  private S3Clients() {}

  /**
   * Makes a client.
   *
   * @throws MetadataException INVALID_ARGUMENT if the options do not make one
   */
  static S3Client open(S3Options options, RequestMeter meter) {
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .maxConnections(options.connectionsMax())
            .connectionTimeout(options.connectTimeout())
            .socketTimeout(options.requestTimeout())
            .connectionAcquisitionTimeout(options.requestTimeout());
    options
        .caFile()
        .map(TrustedCertificates::of)
        .ifPresent(managers -> http.tlsTrustManagersProvider(() -> managers));
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(http)
            .credentialsProvider(credentials(options.credentials()))
            .region(Region.of(options.region().orElse(Region.US_EAST_1.id())))
            .forcePathStyle(options.pathStyle())
            .disableS3ExpressSessionAuth(true)
            // Checksums in trailers are news to many stores; what is put here is empty anyway.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .overrideConfiguration(
                override ->
                    override
                        .addExecutionInterceptor(meter)
                        .addExecutionInterceptor(new ListPages())
                        .retryStrategy(retries(options)));
    options.endpoint().map(S3Clients::root).ifPresent(builder::endpointOverride);
    if (options.aws()) {
      builder.crossRegionAccessEnabled(options.region().isEmpty());
    } else {
      builder.addPlugin(LegacyMd5Plugin.create());
    }
    try {
      return builder.build();
    } catch (SdkException | IllegalArgumentException e) {
      throw MetadataException.invalid("store options", "make no S3 client: " + e.getMessage());
    }
  }

  private static URI root(URI endpoint) {
    return endpoint.getPath().isEmpty() ? endpoint.resolve("/") : endpoint;
  }

  private static RetryStrategy retries(S3Options options) {
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(options.retriesMax() + 1)
        .backoffStrategy(BACK_OFF)
        .throttlingBackoffStrategy(SLOW_DOWN)
        .build();
  }

  private static AwsCredentialsProvider credentials(S3Options.Credentials credentials) {
    if (credentials instanceof S3Options.Credentials.Anonymous) {
      return AnonymousCredentialsProvider.create();
    } else if (credentials instanceof S3Options.Credentials.Key key) {
      return StaticCredentialsProvider.create(
          key.sessionToken().isPresent()
              ? AwsSessionCredentials.create(key.id(), key.secret(), key.sessionToken().get())
              : AwsBasicCredentials.create(key.id(), key.secret()));
    } else if (credentials instanceof S3Options.Credentials.Profile profile) {
      return ProfileCredentialsProvider.create(profile.name());
    }
    return DefaultCredentialsProvider.builder().build();
  }
}

package io.cadastre.ufs.s3;

import io.cadastre.ufs.s3.RequestMeter.Attempts;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsLocation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * One bucket, and the prefix that is the root: turns paths into keys and sends requests, each with
 * the time that its caller has left. Failures come as {@link UfsException}; one of a change is
 * UNKNOWN if any attempt of it may have been carried out. Thread-safe; blocks.
 */
final class S3Bucket implements AutoCloseable {
  private final UfsLocation location;
  private final S3Client client;
  private final S3Options options;
  private final RequestMeter meter;
  private final String prefix;
  private volatile boolean closed;
  // What the endpoint has said that it does not know; then it is not asked again.
  private volatile boolean conditionalWrites;
  private volatile boolean conditionalCopies;
  private volatile boolean conditionalDeletes;
  private volatile boolean manyDeletes = true;

  S3Bucket(UfsLocation location, S3Client client, S3Options options, RequestMeter meter) {
    this.location = location;
    this.client = client;
    this.options = options;
    this.meter = meter;
    String path = location.path().substring(1);
    this.prefix = path.isEmpty() ? "" : path + "/";
    boolean conditional = options.conditions() != S3Options.Conditions.OFF;
    this.conditionalWrites = conditional;
    this.conditionalCopies = conditional;
    this.conditionalDeletes = conditional;
  }

  /**
   * What to list.
   *
   * @param prefix of the keys wanted
   * @param delimited whether keys with a further slash are folded into common prefixes
   * @param startAfter key after which to begin; null for the first
   * @param token of the page before; null for the first page
   * @param maxKeys most keys and common prefixes
   */
  record Query(String prefix, boolean delimited, String startAfter, String token, int maxKeys) {
    /** The first few keys that begin like this. */
    static Query first(String prefix, int maxKeys) {
      return new Query(prefix, false, null, null, maxKeys);
    }

    /**
     * What follows a page that was truncated.
     *
     * @throws UfsException UNKNOWN if the store does not say how to get it
     */
    Query next(ListPage page) {
      if (page.nextToken() == null) {
        throw new UfsException(
            Kind.UNKNOWN,
            "The store says that more follows below '" + prefix + "', and not how to get it",
            false,
            null);
      }
      return new Query(prefix, delimited, startAfter, page.nextToken(), maxKeys);
    }
  }

  S3Client client() {
    return client;
  }

  S3Options options() {
    return options;
  }

  String type() {
    return location.scheme();
  }

  String name() {
    return location.authority();
  }

  String uriOf(String path) {
    return location.resolve(path).uri();
  }

  /** The key of a file. */
  String keyOf(String path) {
    return prefix + path;
  }

  /** What the keys of all that is in a directory begin with; the key of its marker. */
  String directoryKey(String path) {
    return path.isEmpty() ? prefix : prefix + path + "/";
  }

  /** The URI of a key, for messages. */
  private String uri(String key) {
    return location.scheme() + "://" + location.authority() + "/" + key;
  }

  StoreRequests requests() {
    return meter.counts();
  }

  /**
   * To be called before anything is asked.
   *
   * @throws UfsException UNAVAILABLE if the deadline has passed or the store is closed
   */
  void begin(StoreDeadline deadline) {
    deadline.check();
    if (closed) {
      throw new UfsException(Kind.UNAVAILABLE, "The store " + location + " is closed");
    }
  }

  void checkExists(StoreDeadline deadline) {
    read(
        "reach",
        prefix,
        deadline,
        limits ->
            client.headBucket(request -> request.bucket(name()).overrideConfiguration(limits)));
  }

  ListPage list(Query query, StoreDeadline deadline) {
    return read("list", query.prefix(), deadline, limits -> list(query, limits));
  }

  private ListPage list(Query query, AwsRequestOverrideConfiguration limits) {
    ListPages.Taken taken = new ListPages.Taken();
    client.listObjectsV2(
        request ->
            request
                .bucket(name())
                .prefix(query.prefix().isEmpty() ? null : query.prefix())
                .delimiter(query.delimited() ? "/" : null)
                .startAfter(query.token() == null ? query.startAfter() : null)
                .continuationToken(query.token())
                .maxKeys(query.maxKeys())
                // A key may have characters that XML cannot say.
                .encodingType(EncodingType.URL)
                .overrideConfiguration(
                    limits.toBuilder().putExecutionAttribute(ListPages.TAKEN, taken).build()));
    if (taken.page() == null) {
      throw SdkClientException.create("The store's answer to a listing has no body");
    }
    return taken.page();
  }

  /** A request about more than one key: if something is absent, then it is the bucket. */
  private <T> T read(
      String action,
      String key,
      StoreDeadline deadline,
      Function<AwsRequestOverrideConfiguration, T> request) {
    try {
      return send(action, key, false, deadline, request);
    } catch (UfsException e) {
      throw e.kind() == Kind.ABSENT ? new UfsException(Kind.UNKNOWN, e.getMessage(), e) : e;
    }
  }

  /** Empty if there is no such key, or no such bucket: the store does not say which. */
  Optional<HeadObjectResponse> head(String key, StoreDeadline deadline) {
    try {
      return Optional.of(
          send(
              "read",
              key,
              false,
              deadline,
              limits ->
                  client.headObject(
                      request -> request.bucket(name()).key(key).overrideConfiguration(limits))));
    } catch (UfsException e) {
      if (e.kind() == Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Creates an empty object, if the store can see to it only where there is none.
   *
   * @throws UfsException PRECONDITION if there is one; otherwise as {@link #change}
   */
  void create(String key, StoreDeadline deadline) {
    create(key, HeadObjectResponse.builder().build(), deadline);
  }

  /**
   * As above, with the metadata of another object.
   *
   * @throws UfsException as above
   */
  void create(String key, HeadObjectResponse like, StoreDeadline deadline) {
    whileKnown(
        conditionalWrites,
        () -> put(key, like, "*", deadline),
        () -> conditionalWrites = false,
        () -> put(key, like, null, deadline));
  }

  /**
   * Does something the newer way, or the older if the endpoint says that it does not know the
   * first.
   */
  private static void whileKnown(boolean known, Runnable newer, Runnable forget, Runnable older) {
    if (known) {
      try {
        newer.run();
        return;
      } catch (UfsException e) {
        if (e.kind() != Kind.UNSUPPORTED) {
          throw e;
        }
        forget.run();
      }
    }
    older.run();
  }

  private void put(
      String key, HeadObjectResponse like, String ifNoneMatch, StoreDeadline deadline) {
    change(
        "create",
        key,
        deadline,
        limits ->
            client.putObject(
                request ->
                    request
                        .bucket(name())
                        .key(key)
                        .metadata(like.metadata())
                        .contentType(like.contentType())
                        .contentEncoding(like.contentEncoding())
                        .contentDisposition(like.contentDisposition())
                        .contentLanguage(like.contentLanguage())
                        .cacheControl(like.cacheControl())
                        .ifNoneMatch(ifNoneMatch)
                        .overrideConfiguration(limits),
                RequestBody.empty()));
  }

  /**
   * Makes the object of an upload's parts, where there is none, if the store can see to that.
   *
   * @throws UfsException PRECONDITION if there is one; otherwise as {@link #change}
   */
  void complete(String key, String upload, List<CompletedPart> parts, StoreDeadline deadline) {
    whileKnown(
        conditionalWrites,
        () -> complete(key, upload, parts, "*", deadline),
        () -> conditionalWrites = false,
        () -> complete(key, upload, parts, null, deadline));
  }

  private void complete(
      String key,
      String upload,
      List<CompletedPart> parts,
      String ifNoneMatch,
      StoreDeadline deadline) {
    change(
        "copy to",
        key,
        deadline,
        limits ->
            client.completeMultipartUpload(
                request ->
                    request
                        .bucket(name())
                        .key(key)
                        .uploadId(upload)
                        .multipartUpload(made -> made.parts(parts))
                        .ifNoneMatch(ifNoneMatch)
                        .overrideConfiguration(limits)));
  }

  /**
   * Copies an object by one request.
   *
   * @param etag the source must still have, in quotes
   * @param storageClass to keep; null for the bucket's own
   * @throws UfsException PRECONDITION if the source has another etag, or if the destination exists
   *     and the store looks at that
   */
  void copy(
      String source, String etag, String destination, String storageClass, StoreDeadline deadline) {
    whileKnown(
        conditionalCopies,
        () -> copy(source, etag, destination, storageClass, "*", deadline),
        () -> conditionalCopies = false,
        () -> copy(source, etag, destination, storageClass, null, deadline));
  }

  private void copy(
      String source,
      String etag,
      String destination,
      String storageClass,
      String ifNoneMatch,
      StoreDeadline deadline) {
    change(
        "copy",
        source,
        deadline,
        limits ->
            client.copyObject(
                request ->
                    request
                        .sourceBucket(name())
                        .sourceKey(source)
                        .copySourceIfMatch(etag)
                        .destinationBucket(name())
                        .destinationKey(destination)
                        .storageClass(storageClass)
                        .ifNoneMatch(ifNoneMatch)
                        .overrideConfiguration(limits)));
  }

  /**
   * Deletes one key, whether it is there or not.
   *
   * @param etag it must have, in quotes, where the store looks at that; null for any
   * @throws UfsException PRECONDITION, ABSENT, and as {@link #change}
   */
  void delete(String key, String etag, StoreDeadline deadline) {
    whileKnown(
        etag != null && conditionalDeletes,
        () -> deleteIf(key, etag, deadline),
        () -> conditionalDeletes = false,
        () -> deleteIf(key, null, deadline));
  }

  private void deleteIf(String key, String etag, StoreDeadline deadline) {
    change(
        "delete",
        key,
        deadline,
        limits ->
            client.deleteObject(
                request ->
                    request.bucket(name()).key(key).ifMatch(etag).overrideConfiguration(limits)));
  }

  /**
   * Deletes up to 1,000 keys.
   *
   * @throws UfsException UNKNOWN if some may be gone and others are not
   */
  void deleteAll(List<String> keys, StoreDeadline deadline) {
    if (keys.isEmpty()) {
      return;
    }
    whileKnown(
        manyDeletes && keys.size() > 1,
        () -> deleteMany(keys, deadline),
        () -> manyDeletes = false,
        () -> keys.forEach(key -> delete(key, null, deadline)));
  }

  private void deleteMany(List<String> keys, StoreDeadline deadline) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsResponse answer =
        change(
            "delete",
            keys.get(0),
            deadline,
            limits ->
                client.deleteObjects(
                    request ->
                        request
                            .bucket(name())
                            .delete(delete -> delete.objects(objects).quiet(true))
                            .overrideConfiguration(limits)));
    if (!answer.errors().isEmpty()) {
      S3Error first = answer.errors().get(0);
      throw new UfsException(
          Kind.UNKNOWN,
          "Cannot delete "
              + answer.errors().size()
              + " of "
              + keys.size()
              + " objects, first "
              + uri(first.key())
              + ": "
              + first.code());
    }
  }

  /**
   * Sends a request that changes something.
   *
   * @throws UfsException as {@link #send}; UNKNOWN if any attempt may have been carried out
   */
  <T> T change(
      String action,
      String key,
      StoreDeadline deadline,
      Function<AwsRequestOverrideConfiguration, T> request) {
    return send(action, key, true, deadline, request);
  }

  /**
   * Sends a request, with retries as far as the deadline allows.
   *
   * @throws UfsException UNAVAILABLE if it was not sent; ABSENT for a key; PRECONDITION, DENIED,
   *     REFUSED, UNSUPPORTED, UNKNOWN
   */
  private <T> T send(
      String action,
      String key,
      boolean changes,
      StoreDeadline deadline,
      Function<AwsRequestOverrideConfiguration, T> request) {
    begin(deadline);
    Attempts attempts = new Attempts();
    Duration left = Duration.ofMillis(Math.max(1, deadline.remainingMillis()));
    AwsRequestOverrideConfiguration limits =
        AwsRequestOverrideConfiguration.builder()
            .apiCallTimeout(left)
            .apiCallAttemptTimeout(
                left.compareTo(options.requestTimeout()) < 0 ? left : options.requestTimeout())
            .putExecutionAttribute(RequestMeter.ATTEMPTS, attempts)
            .build();
    try {
      return request.apply(limits);
    } catch (SdkException | IllegalStateException e) {
      if (closed) {
        throw S3Errors.failed(changes ? Kind.UNKNOWN : Kind.UNAVAILABLE, action, uri(key), e);
      }
      Kind kind = S3Errors.kindOf(e);
      boolean unclear = changes && attempts.ambiguous();
      throw S3Errors.failed(unclear ? Kind.UNKNOWN : kind, action, uri(key), e);
    }
  }

  @Override
  public void close() {
    closed = true;
    client.close();
  }
}

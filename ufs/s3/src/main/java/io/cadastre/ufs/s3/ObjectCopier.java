package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Copies an object within its bucket, with its metadata, by one request or in parts, some at a
 * time. Nothing is at the destination before all of it is. Thread-safe; keeps a few threads for
 * parts.
 */
final class ObjectCopier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectCopier.class);

  private static final long PART_BYTES = 512L << 20;
  private static final int ABORT_MILLIS = 10_000;

  /** Most parts of an upload. */
  private static final long MOST_PARTS = 10_000;

  /** Parts under way at once, for all copies of the store. */
  private static final int PART_THREADS = 16;

  private final S3Bucket bucket;
  private final RequestThreads threads;

  ObjectCopier(S3Bucket bucket) {
    this.bucket = bucket;
    this.threads = new RequestThreads("s3-part " + bucket.name(), PART_THREADS);
  }

  /**
   * Copies an object so that it replaces nothing, as well as the endpoint can. Few look at
   * conditions of copies, more at those of other writes: unless copies are known to be safe, an
   * object is put together of one part, and an empty one is written.
   *
   * @throws UfsException as {@link #copy}
   */
  void copyToFree(ObjectStatus source, String destination, StoreDeadline deadline) {
    S3Options options = bucket.options();
    if (options.conditionsHold() || options.conditions() == S3Options.Conditions.OFF) {
      copy(source, destination, deadline);
      return;
    }
    try {
      if (source.size() == 0) {
        bucket.create(destination, source(source, deadline), deadline);
      } else {
        copyInParts(source, destination, deadline);
      }
    } catch (UfsException e) {
      if (e.kind() != Kind.UNSUPPORTED) {
        throw e;
      }
      copy(source, destination, deadline);
    }
  }

  /**
   * Copies an object.
   *
   * @throws UfsException PRECONDITION if the source has changed, or if something is at the
   *     destination and the store looks at that; as {@link S3Bucket#change}
   */
  void copy(ObjectStatus source, String destination, StoreDeadline deadline) {
    if (source.size() <= bucket.options().singleCopyMaxBytes()) {
      bucket.copy(
          source.key(), source.condition(), destination, source.unusualStorageClass(), deadline);
    } else {
      copyInParts(source, destination, deadline);
    }
  }

  private void copyInParts(ObjectStatus source, String destination, StoreDeadline deadline) {
    HeadObjectResponse head = source(source, deadline);
    String upload =
        bucket.change(
            "copy to",
            destination,
            deadline,
            limits ->
                bucket
                    .client()
                    .createMultipartUpload(
                        request ->
                            request
                                .bucket(bucket.name())
                                .key(destination)
                                .metadata(head.metadata())
                                .contentType(head.contentType())
                                .contentEncoding(head.contentEncoding())
                                .contentDisposition(head.contentDisposition())
                                .contentLanguage(head.contentLanguage())
                                .cacheControl(head.cacheControl())
                                .storageClass(source.unusualStorageClass())
                                .overrideConfiguration(limits))
                    .uploadId());
    List<CompletedPart> parts;
    try {
      parts = copyParts(source, destination, upload, deadline);
    } catch (UfsException e) {
      abort(destination, upload);
      // Parts are nothing that anybody sees.
      throw e.beforeChange();
    }
    complete(destination, upload, parts, deadline);
  }

  /** The source with its metadata, if it is still the one. */
  private HeadObjectResponse source(ObjectStatus source, StoreDeadline deadline) {
    return bucket
        .head(source.key(), deadline)
        .filter(head -> ObjectStatus.of(source.key(), head).etag().equals(source.etag()))
        .orElseThrow(() -> new UfsException(Kind.PRECONDITION, "It has changed: " + source.key()));
  }

  private List<CompletedPart> copyParts(
      ObjectStatus source, String destination, String upload, StoreDeadline deadline) {
    long length =
        Math.max(
            Math.min(PART_BYTES, bucket.options().singleCopyMaxBytes()),
            (source.size() + MOST_PARTS - 1) / MOST_PARTS);
    List<Callable<CompletedPart>> parts = new ArrayList<>();
    for (long from = 0; from < source.size(); from += length) {
      int number = parts.size() + 1;
      String range = "bytes=" + from + "-" + (Math.min(from + length, source.size()) - 1);
      parts.add(() -> copyPart(source, range, destination, upload, number, deadline));
    }
    return threads.all(parts);
  }

  private CompletedPart copyPart(
      ObjectStatus source,
      String range,
      String destination,
      String upload,
      int number,
      StoreDeadline deadline) {
    String etag =
        bucket.change(
            "copy",
            source.key(),
            deadline,
            limits ->
                bucket
                    .client()
                    .uploadPartCopy(
                        request ->
                            request
                                .sourceBucket(bucket.name())
                                .sourceKey(source.key())
                                .copySourceIfMatch(source.condition())
                                .copySourceRange(range)
                                .destinationBucket(bucket.name())
                                .destinationKey(destination)
                                .uploadId(upload)
                                .partNumber(number)
                                .overrideConfiguration(limits))
                    .copyPartResult()
                    .eTag());
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  private void complete(
      String destination, String upload, List<CompletedPart> parts, StoreDeadline deadline) {
    try {
      bucket.complete(destination, upload, parts, deadline);
    } catch (UfsException e) {
      if (e.kind().changedNothing()) {
        abort(destination, upload);
      }
      throw e;
    }
  }

  /** With time of its own: mostly it is the deadline that has ended the copy. */
  private void abort(String destination, String upload) {
    StoreDeadline deadline = StoreDeadline.afterMillis(ABORT_MILLIS);
    boolean interrupted = Thread.interrupted();
    try {
      bucket.change(
          "abort the copy to",
          destination,
          deadline,
          limits ->
              bucket
                  .client()
                  .abortMultipartUpload(
                      request ->
                          request
                              .bucket(bucket.name())
                              .key(destination)
                              .uploadId(upload)
                              .overrideConfiguration(limits)));
    } catch (UfsException e) {
      LOG.warn("An unfinished upload to {} is left in the store: {}", destination, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}

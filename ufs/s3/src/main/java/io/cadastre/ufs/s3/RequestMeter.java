package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.StoreRequests.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Counts each attempt of each request as it goes out, and notes for the call it belongs to what
 * came of it. Called by the SDK on the threads of callers; thread-safe.
 */
final class RequestMeter implements ExecutionInterceptor {
  /** Where a call's {@link Attempts} travel. */
  static final ExecutionAttribute<Attempts> ATTEMPTS =
      new ExecutionAttribute<>("io.cadastre.ufs.s3.attempts");

  /** Not done for certain: the store says that it does not know how, or that it is busy. */
  private static final Set<Integer> REFUSALS = Set.of(501, 503);

  private static final int SERVER_ERRORS = 500;

  private final Map<Kind, LongAdder> sent = new EnumMap<>(Kind.class);

  RequestMeter() {
    for (Kind kind : Kind.values()) {
      sent.put(kind, new LongAdder());
    }
  }

  /** The attempts of one call. Used by its thread. */
  static final class Attempts {
    private int open;

    /** Whether some attempt may have been carried out though its answer did not say so. */
    boolean ambiguous() {
      return open > 0;
    }
  }

  StoreRequests counts() {
    Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    sent.forEach((kind, adder) -> counts.put(kind, adder.sum()));
    return new StoreRequests(counts);
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    sent.get(kind(context.request())).increment();
    Attempts attempts = attributes.getAttribute(ATTEMPTS);
    if (attempts != null) {
      attempts.open++;
    }
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    Attempts attempts = attributes.getAttribute(ATTEMPTS);
    int status = context.httpResponse().statusCode();
    if (attempts != null && (status < SERVER_ERRORS || REFUSALS.contains(status))) {
      attempts.open--;
    }
  }

  private static Kind kind(SdkRequest request) {
    if (request instanceof ListObjectsV2Request) {
      return Kind.LIST;
    } else if (request instanceof HeadObjectRequest || request instanceof HeadBucketRequest) {
      return Kind.HEAD;
    } else if (request instanceof PutObjectRequest
        || request instanceof CreateMultipartUploadRequest
        || request instanceof CompleteMultipartUploadRequest) {
      return Kind.PUT;
    } else if (request instanceof CopyObjectRequest || request instanceof UploadPartCopyRequest) {
      return Kind.COPY;
    } else if (request instanceof DeleteObjectRequest
        || request instanceof DeleteObjectsRequest
        || request instanceof AbortMultipartUploadRequest) {
      return Kind.DELETE;
    }
    return Kind.OTHER;
  }
}

package io.cadastre.ufs.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.TreeMap;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Objects in memory behind s3proxy: any key that S3 allows, in a chosen order, with conditions
 * checked in the same step as the change. Those of s3proxy itself are directories of a file system,
 * which has neither `a` beside `a/b` nor `a//b`. Thread-safe.
 */
final class TreeMapBlobStore extends ForwardingBlobStore {
  private final Comparator<String> order;
  private final Map<String, NavigableMap<String, StoredObject>> buckets = new TreeMap<>();
  private final Map<String, NavigableMap<Integer, StoredObject>> uploads = new TreeMap<>();
  private final Map<String, Map<String, String>> uploadMetadata = new HashMap<>();
  private int lastUpload;

  /** An object. */
  record StoredObject(byte[] bytes, String etag, Instant modified, Map<String, String> metadata) {
    static StoredObject of(byte[] bytes, Map<String, String> metadata) {
      return new StoredObject(
          bytes, "\"" + md5(bytes) + "\"", Instant.now().truncatedTo(ChronoUnit.MILLIS), metadata);
    }

    private static String md5(byte[] bytes) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * @param order of keys in listings
   */
  TreeMapBlobStore(Comparator<String> order) {
    super(asIfAws());
    this.order = order;
  }

  /** Never asked anything: s3proxy hands conditions on only to what it takes for such a store. */
  private static BlobStore asIfAws() {
    Properties properties = new Properties();
    properties.setProperty("jclouds.identity", "nobody");
    properties.setProperty("jclouds.credential", "nothing");
    properties.setProperty("jclouds.endpoint", "http://127.0.0.1:1");
    properties.setProperty("jclouds.region", "us-east-1");
    return BlobStores.create("aws-s3", properties);
  }

  @Override
  public boolean supportsVersioning() {
    return false;
  }

  @Override
  public boolean supportsServerSideEncryption() {
    return false;
  }

  @Override
  public boolean supportsBucketEncryption() {
    return false;
  }

  // What tests do behind the store's back.

  synchronized void make(String bucket) {
    buckets.put(bucket, new TreeMap<>(order));
  }

  synchronized void drop(String bucket) {
    buckets.remove(bucket);
  }

  synchronized void write(String bucket, String key, int size) {
    bucket(bucket).put(key, StoredObject.of(new byte[size], Map.of()));
  }

  synchronized void write(String bucket, String key, int size, Map<String, String> metadata) {
    bucket(bucket).put(key, StoredObject.of(new byte[size], metadata));
  }

  synchronized List<String> keys(String bucket) {
    return List.copyOf(bucket(bucket).keySet());
  }

  synchronized StoredObject peek(String bucket, String key) {
    return bucket(bucket).get(key);
  }

  // Requests.

  private NavigableMap<String, StoredObject> bucket(String name) {
    NavigableMap<String, StoredObject> bucket = buckets.get(name);
    if (bucket == null) {
      throw S3Exceptions.noSuchBucket(name, "");
    }
    return bucket;
  }

  private StoredObject object(String bucket, String key) {
    StoredObject object = bucket(bucket).get(key);
    if (object == null) {
      throw S3Exceptions.noSuchKey(bucket, key, "");
    }
    return object;
  }

  private void check(String bucket, String key, String ifMatch, String ifNoneMatch) {
    StoredObject there = bucket(bucket).get(key);
    boolean matches = there != null && (ifMatch == null || sameEtag(ifMatch, there));
    if ((ifMatch != null && !matches) || (ifNoneMatch != null && there != null)) {
      throw S3Exceptions.preconditionFailed(null);
    }
  }

  private static boolean sameEtag(String wanted, StoredObject object) {
    return wanted.replace("\"", "").equals(object.etag().replace("\"", ""));
  }

  @Override
  public synchronized ListBucketsResponse list() {
    return ListBucketsResponse.builder()
        .buckets(
            buckets.keySet().stream()
                .map(name -> SdkResponses.bucket(name, Instant.EPOCH))
                .toList())
        .build();
  }

  @Override
  public synchronized ListObjectsV2Response list(ListObjectsV2Request request) {
    NavigableMap<String, StoredObject> bucket = bucket(request.bucket());
    String prefix = request.prefix() == null ? "" : request.prefix();
    String token =
        request.continuationToken() != null ? request.continuationToken() : request.startAfter();
    int limit = request.maxKeys() == null ? 1_000 : Math.min(1_000, request.maxKeys());
    String delimiter =
        request.delimiter() == null || request.delimiter().isEmpty() ? null : request.delimiter();
    List<S3Object> objects = new ArrayList<>();
    List<CommonPrefix> prefixes = new ArrayList<>();
    String last = null;
    String folded = null;
    boolean resuming = token != null && order.compare(token, prefix) >= 0;
    for (Map.Entry<String, StoredObject> entry :
        (resuming ? bucket.tailMap(token, false) : bucket.tailMap(prefix, true)).entrySet()) {
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        if (order.compare(key, prefix + Character.toString(Character.MAX_CODE_POINT)) > 0) {
          break;
        }
        continue;
      }
      int slash = delimiter == null ? -1 : key.indexOf(delimiter, prefix.length());
      String common = slash < 0 ? null : key.substring(0, slash + delimiter.length());
      if (common != null
          && (common.equals(folded)
              || (request.continuationToken() != null && token.startsWith(common)))) {
        continue;
      }
      if (objects.size() + prefixes.size() == limit) {
        return SdkResponses.objectsPage(objects, prefixes, last);
      }
      if (common == null) {
        StoredObject object = entry.getValue();
        objects.add(
            SdkResponses.objectEntry(
                key,
                object.etag(),
                object.modified(),
                (long) object.bytes().length,
                StorageClass.STANDARD));
        last = key;
      } else {
        prefixes.add(SdkResponses.commonPrefix(common));
        folded = common;
        last = common;
      }
    }
    return SdkResponses.objectsPage(objects, prefixes, null);
  }

  @Override
  public synchronized HeadBucketResponse headBucket(HeadBucketRequest request) {
    bucket(request.bucket());
    return HeadBucketResponse.builder().build();
  }

  @Override
  public synchronized CreateBucketResponse createContainer(CreateBucketRequest request) {
    make(request.bucket());
    return CreateBucketResponse.builder().build();
  }

  @Override
  public BucketCannedACL getContainerAccess(String container) {
    return BucketCannedACL.PRIVATE;
  }

  @Override
  public void setContainerAccess(String container, BucketCannedACL access) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized void deleteBucket(String container) {
    drop(container);
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    byte[] bytes = bytes(payload);
    synchronized (this) {
      check(request.bucket(), request.key(), request.ifMatch(), request.ifNoneMatch());
      StoredObject object = StoredObject.of(bytes, Map.copyOf(request.metadata()));
      bucket(request.bucket()).put(request.key(), object);
      return SdkResponses.putResponse(object.etag());
    }
  }

  private static byte[] bytes(InputStream payload) {
    try {
      return payload.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized CopyObjectResponse copyBlob(CopyObjectRequest request) {
    StoredObject source = object(request.sourceBucket(), request.sourceKey());
    check(request.sourceBucket(), request.sourceKey(), request.copySourceIfMatch(), null);
    check(request.destinationBucket(), request.destinationKey(), null, request.ifNoneMatch());
    StoredObject copy = StoredObject.of(source.bytes(), source.metadata());
    bucket(request.destinationBucket()).put(request.destinationKey(), copy);
    return SdkResponses.copyResponse(copy.etag(), copy.modified());
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    return SdkResponses.toHead(response(request.bucket(), request.key()));
  }

  private synchronized GetObjectResponse response(String bucket, String key) {
    StoredObject object = object(bucket, key);
    return GetObjectResponse.builder()
        .contentLength((long) object.bytes().length)
        .eTag(object.etag())
        .lastModified(object.modified())
        .contentType("application/octet-stream")
        .metadata(object.metadata())
        .build();
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    GetObjectResponse response = response(request.bucket(), request.key());
    return SdkResponses.getResponse(
        response, new ByteArrayInputStream(peek(request.bucket(), request.key()).bytes()));
  }

  @Override
  public synchronized DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    if (request.ifMatch() != null) {
      object(request.bucket(), request.key());
      check(request.bucket(), request.key(), request.ifMatch(), null);
    }
    bucket(request.bucket()).remove(request.key());
    return DeleteObjectResponse.builder().build();
  }

  @Override
  public ObjectCannedACL getBlobAccess(String container, String key) {
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public void setBlobAccess(String container, String key, ObjectCannedACL access) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized MultipartUpload initiateMultipartUpload(
      CreateMultipartUploadRequest request) {
    String id = "upload-" + ++lastUpload;
    uploads.put(id, new TreeMap<>());
    uploadMetadata.put(id, Map.copyOf(request.metadata()));
    return new MultipartUpload(id, request);
  }

  @Override
  public synchronized void abortMultipartUpload(MultipartUpload upload) {
    uploads.remove(upload.id());
  }

  synchronized int openUploads() {
    return uploads.size();
  }

  @Override
  public synchronized CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    check(upload.containerName(), upload.blobName(), request.ifMatch(), request.ifNoneMatch());
    NavigableMap<Integer, StoredObject> parts = uploads.remove(upload.id());
    int size = parts.values().stream().mapToInt(part -> part.bytes().length).sum();
    byte[] whole = new byte[size];
    int at = 0;
    for (StoredObject part : parts.values()) {
      System.arraycopy(part.bytes(), 0, whole, at, part.bytes().length);
      at += part.bytes().length;
    }
    StoredObject plain = StoredObject.of(whole, uploadMetadata.remove(upload.id()));
    String etag = plain.etag().replaceFirst("\"$", "-" + parts.size() + "\"");
    bucket(upload.containerName())
        .put(upload.blobName(), new StoredObject(whole, etag, plain.modified(), plain.metadata()));
    return SdkResponses.completeResponse(etag);
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream payload) {
    StoredObject part = StoredObject.of(bytes(payload), Map.of());
    synchronized (this) {
      uploads.get(upload.id()).put(request.partNumber(), part);
    }
    return SdkResponses.uploadedPart(part.etag());
  }

  @Override
  public boolean supportsCopyMultipartPart() {
    return true;
  }

  @Override
  public synchronized UploadPartCopyResponse copyMultipartPart(
      MultipartUpload upload, UploadPartCopyRequest request) {
    byte[] source = object(request.sourceBucket(), request.sourceKey()).bytes();
    check(request.sourceBucket(), request.sourceKey(), request.copySourceIfMatch(), null);
    String[] range = request.copySourceRange().replace("bytes=", "").split("-", 2);
    byte[] bytes =
        Arrays.copyOfRange(source, Integer.parseInt(range[0]), Integer.parseInt(range[1]) + 1);
    StoredObject part = StoredObject.of(bytes, Map.of());
    uploads.get(upload.id()).put(request.partNumber(), part);
    return SdkResponses.copiedPart(part.etag(), part.modified(), null);
  }

  @Override
  public synchronized List<Part> listMultipartUpload(MultipartUpload upload) {
    List<Part> parts = new ArrayList<>();
    uploads
        .get(upload.id())
        .forEach(
            (number, part) ->
                parts.add(
                    SdkResponses.part(
                        number, (long) part.bytes().length, part.etag(), part.modified())));
    return parts;
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String container) {
    return List.of();
  }

  @Override
  public long getMinimumMultipartPartSize() {
    return 1;
  }
}

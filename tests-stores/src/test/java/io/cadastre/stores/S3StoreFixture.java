package io.cadastre.stores;

import io.cadastre.ufs.s3.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A prefix of a bucket behind s3proxy, changed by an AWS client of its own. Buckets have neither
 * modes nor owners, and no append: a longer object takes the place of the one that is there. A
 * directory is there while a key is below it.
 */
class S3StoreFixture implements ReadableStore {
  static final String PREFIX = "some/root/";

  private final S3Server server = new S3Server();
  private final Path secrets;
  private final S3Client client;

  S3StoreFixture(Path directory) {
    secrets = directory;
    try {
      Files.createDirectories(secrets);
      Files.writeString(secrets.resolve("id"), S3Server.KEY_ID);
      Files.writeString(secrets.resolve("key"), S3Server.SECRET);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client =
        S3Client.builder()
            .endpointOverride(server.endpoint())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .httpClientBuilder(Apache5HttpClient.builder())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(S3Server.KEY_ID, S3Server.SECRET)))
            .build();
  }

  final S3Server server() {
    return server;
  }

  @Override
  public String uri() {
    return "s3://" + S3Server.BUCKET + "/some/root";
  }

  @Override
  public Map<String, String> options() {
    return options(server.endpoint());
  }

  /** Options that lead to an endpoint before the server. */
  final Map<String, String> options(URI endpoint) {
    return Map.of(
        "s3.endpoint", endpoint.toString(),
        "s3.access.key.id", "file:" + secrets.resolve("id"),
        "s3.secret.key", "file:" + secrets.resolve("key"));
  }

  @Override
  public void mkdirs(String path) {
    put(PREFIX + path + "/", 0);
  }

  @Override
  public void write(String path, int size) {
    put(PREFIX + path, size);
  }

  private void put(String key, int size) {
    client.putObject(
        request -> request.bucket(S3Server.BUCKET).key(key), RequestBody.fromBytes(new byte[size]));
  }

  @Override
  public void append(String path, int size) {
    long before =
        client.headObject(r -> r.bucket(S3Server.BUCKET).key(PREFIX + path)).contentLength();
    write(path, (int) before + size);
  }

  @Override
  public void remove(String path) {
    keys(path).forEach(this::delete);
  }

  /** Deletes the bucket; gives the sizes of what was in it, by key. */
  final Map<String, Long> dropBucket() {
    Map<String, Long> sizes = new TreeMap<>();
    client
        .listObjectsV2Paginator(r -> r.bucket(S3Server.BUCKET))
        .contents()
        .forEach(object -> sizes.put(object.key(), object.size()));
    sizes.keySet().forEach(this::delete);
    client.deleteBucket(request -> request.bucket(S3Server.BUCKET));
    return sizes;
  }

  /** Makes the bucket anew. */
  final void makeBucket(Map<String, Long> sizes) {
    client.createBucket(request -> request.bucket(S3Server.BUCKET));
    sizes.forEach((key, size) -> put(key, size.intValue()));
  }

  /** Removes one object, whatever is below its name. */
  final void removeKey(String path) {
    delete(PREFIX + path);
  }

  private void delete(String key) {
    client.deleteObject(request -> request.bucket(S3Server.BUCKET).key(key));
  }

  @Override
  public void move(String source, String destination) {
    for (String key : keys(source)) {
      String moved = PREFIX + destination + key.substring((PREFIX + source).length());
      client.copyObject(
          request ->
              request
                  .sourceBucket(S3Server.BUCKET)
                  .sourceKey(key)
                  .destinationBucket(S3Server.BUCKET)
                  .destinationKey(moved));
      delete(key);
    }
  }

  @Override
  public List<String> entries(String path) {
    String top = PREFIX + path + "/";
    Set<String> directories = new TreeSet<>();
    List<String> entries = new ArrayList<>();
    client
        .listObjectsV2Paginator(r -> r.bucket(S3Server.BUCKET).prefix(top))
        .contents()
        .forEach(
            object -> {
              String name = object.key().substring(top.length());
              for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
                directories.add(name.substring(0, end) + " d");
              }
              if (!name.isEmpty() && !name.endsWith("/")) {
                entries.add(name + " f" + object.size());
              }
            });
    entries.addAll(directories);
    entries.sort(null);
    return entries;
  }

  /** The key of this path and those below it. */
  private List<String> keys(String path) {
    return client
        .listObjectsV2Paginator(r -> r.bucket(S3Server.BUCKET).prefix(PREFIX + path))
        .contents()
        .stream()
        .map(S3Object::key)
        .filter(key -> key.equals(PREFIX + path) || key.startsWith(PREFIX + path + "/"))
        .toList();
  }

  @Override
  public boolean hasModes() {
    return false;
  }

  @Override
  public boolean mayChangeOwners() {
    return false;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}

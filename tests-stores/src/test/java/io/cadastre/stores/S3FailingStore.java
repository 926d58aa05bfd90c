package io.cadastre.stores;

import io.cadastre.server.sync.FailingStoreFixture;
import io.cadastre.ufs.testing.HttpFaultProxy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A bucket whose requests go through a proxy; another program's do not. */
final class S3FailingStore extends S3StoreFixture implements FailingStoreFixture {
  private final HttpFaultProxy proxy = new HttpFaultProxy(server().address());

  S3FailingStore(Path directory) {
    super(directory);
  }

  @Override
  public Map<String, String> options() {
    Map<String, String> options = new HashMap<>(options(proxy.endpoint()));
    options.put("s3.retries.max", "1");
    return options;
  }

  /** As a policy on the prefix does. */
  @Override
  public void deny(String path) {
    String prefix = "prefix=" + PREFIX + path + "/";
    proxy
        .on(request -> URLDecoder.decode(request.target(), StandardCharsets.UTF_8).contains(prefix))
        .denied();
  }

  @Override
  public void allow(String path) {
    proxy.clear();
  }

  /** A request answers 1,000 keys. */
  @Override
  public int filesOfSeveralRequests() {
    return 1_100;
  }

  @Override
  public void down() {
    proxy.on(request -> true).cut();
  }

  @Override
  public void up() {
    proxy.clear();
  }

  @Override
  public void close() {
    proxy.close();
    super.close();
  }
}

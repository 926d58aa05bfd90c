package io.cadastre.server.sync;

import io.cadastre.ufs.testing.MemoryStore;
import java.util.UUID;

/** A store in memory. */
final class MemoryStoreFixture implements StoreFixture {
  private final String name = "triggers-" + UUID.randomUUID();
  private final MemoryStore store = MemoryStore.named(name);

  @Override
  public String uri() {
    return store.uri();
  }

  @Override
  public void mkdirs(String path) {
    store.mkdirs(path);
  }

  @Override
  public void write(String path, int size) {
    store.write(path, size);
  }

  @Override
  public void append(String path, int size) {
    store.write(path, store.peek(path).size() + size);
  }

  @Override
  public void remove(String path) {
    store.remove(path);
  }

  @Override
  public void move(String source, String destination) {
    store.move(source, destination);
  }

  @Override
  public void chmod(String path, int mode) {
    store.attributes(path, null, null, mode);
  }

  @Override
  public void chown(String path, String owner, String group) {
    store.attributes(path, owner, group, null);
  }

  @Override
  public void close() {
    MemoryStore.forget(name);
  }
}

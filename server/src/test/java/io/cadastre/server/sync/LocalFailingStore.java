package io.cadastre.server.sync;

import java.nio.file.Path;

/** A directory of this machine. Permissions do not bind the super-user, whom tests may run as. */
final class LocalFailingStore extends LocalStoreFixture implements FailingStoreFixture {
  private static final String ASIDE = "listed-before";

  LocalFailingStore(Path root) {
    super(root);
  }

  @Override
  public boolean canDeny() {
    return !isSuperUser();
  }

  @Override
  public void deny(String path) {
    chmod(path, 0);
  }

  @Override
  public void allow(String path) {
    chmod(path, 0755);
  }

  @Override
  public int pageThatFails() {
    return 0;
  }

  /** Puts another directory in its place. */
  @Override
  public void breakListing(String path) {
    move(path, ASIDE);
    mkdirs(path);
  }

  @Override
  public void mendListing(String path) {
    remove(path);
    move(ASIDE, path);
  }

  @Override
  public boolean canBeDown() {
    return false;
  }

  @Override
  public void down() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void up() {
    throw new UnsupportedOperationException();
  }
}

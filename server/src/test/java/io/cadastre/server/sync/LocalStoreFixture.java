package io.cadastre.server.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A directory of this machine. */
class LocalStoreFixture implements StoreFixture {
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  private final Path root;

  LocalStoreFixture(Path root) {
    this.root = root;
    doing(() -> Files.createDirectories(root));
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void doing(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String uri() {
    return "file://" + root;
  }

  @Override
  public void mkdirs(String path) {
    doing(() -> Files.createDirectories(root.resolve(path)));
  }

  @Override
  public void write(String path, int size) {
    doing(
        () -> {
          Files.createDirectories(root.resolve(path).getParent());
          Files.write(root.resolve(path), new byte[size]);
        });
  }

  @Override
  public void append(String path, int size) {
    doing(() -> Files.write(root.resolve(path), new byte[size], StandardOpenOption.APPEND));
  }

  @Override
  public void remove(String path) {
    doing(
        () -> {
          List<Path> below = new ArrayList<>();
          try (Stream<Path> found = Files.walk(root.resolve(path))) {
            found.forEach(below::add);
          }
          Collections.reverse(below);
          for (Path entry : below) {
            Files.delete(entry);
          }
        });
  }

  @Override
  public void move(String source, String destination) {
    doing(() -> Files.move(root.resolve(source), root.resolve(destination)));
  }

  @Override
  public void chmod(String path, int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < BITS.length; bit++) {
      if ((mode & (1 << bit)) != 0) {
        permissions.add(BITS[bit]);
      }
    }
    doing(() -> Files.setPosixFilePermissions(root.resolve(path), permissions));
  }

  /** Whether this process may read and give away everything. */
  static boolean isSuperUser() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Override
  public boolean mayChangeOwners() {
    return isSuperUser();
  }

  @Override
  public void chown(String path, String owner, String group) {
    doing(
        () -> {
          var users = root.getFileSystem().getUserPrincipalLookupService();
          PosixFileAttributeView view =
              Files.getFileAttributeView(root.resolve(path), PosixFileAttributeView.class);
          view.setOwner(users.lookupPrincipalByName(owner));
          view.setGroup(users.lookupPrincipalByGroupName(group));
        });
  }

  @Override
  public void close() {
    // The directory is the test's.
  }
}

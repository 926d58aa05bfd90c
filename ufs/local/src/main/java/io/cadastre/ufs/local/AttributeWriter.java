package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Creates entries and sets attributes. Names are turned into numbers before anything is changed.
 * Then owner and group (which may clear bits of the mode), mode, and the time last.
 */
final class AttributeWriter {
  private static final LinkOption NO_FOLLOW = LinkOption.NOFOLLOW_LINKS;

  private final StoreTree tree;

  AttributeWriter(StoreTree tree) {
    this.tree = tree;
  }

  /** Principals looked up; null where none was asked for. */
  private record Principals(UserPrincipal owner, GroupPrincipal group) {}

  void createDirectory(String path, Path directory, UfsAttributes attributes) {
    Principals principals = lookUp(path, attributes);
    try {
      Files.createDirectory(directory, initialPermissions(attributes.mode()));
    } catch (IOException e) {
      throw explainCreate(path, e);
    }
    finish(path, directory, attributes, principals);
  }

  void createFile(String path, Path file, UfsAttributes attributes) {
    Principals principals = lookUp(path, attributes);
    try {
      Files.createFile(file, initialPermissions(attributes.mode()));
    } catch (IOException e) {
      throw explainCreate(path, e);
    }
    finish(path, file, attributes, principals);
  }

  private UfsException explainCreate(String path, IOException failure) {
    // Its parent is what "no such file" is about, and that is looked at on the way to the path.
    return tree.explain("create", path, failure);
  }

  /** Sets what is given on a new entry; if that is refused, takes the entry away again. */
  private void finish(String path, Path file, UfsAttributes attributes, Principals principals) {
    if (attributes.isEmpty()) {
      return;
    }
    FileAttributes created = null;
    try {
      created = FileAttributes.of(file);
      apply(file, attributes, principals, new int[1]);
    } catch (IOException e) {
      UfsException failure = StoreErrors.failed("set the attributes of new", tree.uriOf(path), e);
      throw failure.kind().changedNothing() && remove(file, created)
          ? failure
          : StoreErrors.unknown("set the attributes of new", tree.uriOf(path), e);
    }
  }

  /** Removes what was just created, unless it is another one by now or has been written to. */
  private static boolean remove(Path file, FileAttributes created) {
    try {
      FileAttributes now = FileAttributes.of(file);
      if (created == null
          || !now.sameFile(created)
          || (now.isRegular() && (now.size() > 0 || now.mtimeNanos() != created.mtimeNanos()))) {
        return false;
      }
      Files.delete(file);
      return true;
    } catch (IOException e) {
      // It stays; the caller then reports the outcome as unknown, with the first failure.
      return false;
    }
  }

  /** Sets attributes of an existing file or directory. */
  void set(String path, Path file, UfsAttributes attributes) {
    int[] done = new int[1];
    try {
      if (!path.isEmpty()) {
        FileAttributes now = FileAttributes.of(file);
        if (now.isSymlink() || now.isSpecial()) {
          throw new UfsException(
              Kind.UNSUPPORTED,
              "Cannot set attributes of "
                  + tree.uriOf(path)
                  + ": it is neither a file nor a directory");
        }
      }
      Principals principals = lookUp(path, attributes);
      apply(path.isEmpty() ? file.toRealPath() : file, attributes, principals, done);
    } catch (IOException e) {
      throw done[0] == 0
          ? tree.explain("set attributes of", path, e)
          : StoreErrors.unknown("set all attributes of", tree.uriOf(path), e);
    }
  }

  /** Applies in order; counts in `done[0]` what has been set. */
  private static void apply(Path file, UfsAttributes wanted, Principals principals, int[] done)
      throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, NO_FOLLOW);
    if (principals.owner != null) {
      view.setOwner(principals.owner);
      done[0]++;
    }
    if (principals.group != null) {
      view.setGroup(principals.group);
      done[0]++;
    }
    if (wanted.mode().isPresent()) {
      setMode(file, wanted.mode().getAsInt());
      done[0]++;
    }
    if (wanted.mtimeMillis().isPresent()) {
      FileTime time = FileTime.fromMillis(wanted.mtimeMillis().getAsLong());
      Files.getFileAttributeView(file, BasicFileAttributeView.class, NO_FOLLOW)
          .setTimes(time, null, null);
      done[0]++;
    }
  }

  private static void setMode(Path file, int mode) throws IOException {
    try {
      // Opens the file, so that a link put in its place is not followed.
      Files.setAttribute(file, "unix:mode", mode, NO_FOLLOW);
    } catch (AccessDeniedException e) {
      // One's own file that one may not read cannot be opened, but its mode can be set.
      Files.setAttribute(file, "unix:mode", mode);
    }
  }

  private Principals lookUp(String path, UfsAttributes attributes) {
    UserPrincipalLookupService service =
        tree.root().getFileSystem().getUserPrincipalLookupService();
    try {
      return new Principals(
          attributes.owner().isEmpty()
              ? null
              : service.lookupPrincipalByName(attributes.owner().get()),
          attributes.group().isEmpty()
              ? null
              : service.lookupPrincipalByGroupName(attributes.group().get()));
    } catch (UserPrincipalNotFoundException e) {
      throw new UfsException(
          Kind.REFUSED,
          "Cannot set owner or group of "
              + tree.uriOf(path)
              + ": this host does not know '"
              + e.getName()
              + "'",
          e);
    } catch (IOException e) {
      throw new UfsException(
          Kind.UNAVAILABLE, "Cannot look up a user or group: " + e.getMessage(), e);
    }
  }

  /** So that an entry is at no time more open than asked for; special bits are set afterwards. */
  private static FileAttribute<?>[] initialPermissions(OptionalInt mode) {
    if (mode.isEmpty()) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] fromHighest = PosixFilePermission.values();
    for (int i = 0; i < fromHighest.length; i++) {
      if ((mode.getAsInt() & (0400 >> i)) != 0) {
        permissions.add(fromHighest[i]);
      }
    }
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }
}

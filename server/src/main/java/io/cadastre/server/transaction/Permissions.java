package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;

/** POSIX owner/group/mode checks. Stateless. */
public final class Permissions {
  public static final int READ = 4;
  public static final int WRITE = 2;
  public static final int EXECUTE = 1;

  private static final int STICKY = 01000;

  private Permissions() {}

  /** Whether the caller has all the wanted bits. */
  public static boolean allows(Caller caller, String owner, String group, int mode, int wanted) {
    if (caller.superuser()) {
      return true;
    }
    int bits;
    if (caller.user().equals(owner)) {
      bits = mode >> 6;
    } else if (caller.groups().contains(group)) {
      bits = mode >> 3;
    } else {
      bits = mode;
    }
    return (bits & wanted) == wanted;
  }

  /**
   * Refuses a caller who lacks some of the wanted bits.
   *
   * @throws MetadataException PERMISSION_DENIED, naming the inode, its owner and mode, and what was
   *     wanted
   */
  public static void check(
      Caller caller, NamespacePath path, String owner, String group, int mode, int wanted) {
    if (!allows(caller, owner, group, mode, wanted)) {
      throw new MetadataException(ErrorCode.PERMISSION_DENIED, "Permission denied: " + path)
          .with("user", caller.user())
          .with("wanted", text(wanted))
          .with("owner", owner)
          .with("group", group)
          .with("mode", Integer.toOctalString(mode));
    }
  }

  /**
   * Refuses a caller who is neither the owner nor a super-user.
   *
   * @throws MetadataException PERMISSION_DENIED
   */
  public static void checkOwner(Caller caller, NamespacePath path, String owner) {
    if (!caller.superuser() && !caller.user().equals(owner)) {
      throw new MetadataException(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: only the owner may do this to " + path)
          .with("user", caller.user())
          .with("owner", owner);
    }
  }

  /**
   * Refuses everybody but a super-user.
   *
   * @throws MetadataException PERMISSION_DENIED
   */
  public static void checkSuperuser(Caller caller, String what) {
    if (!caller.superuser()) {
      throw new MetadataException(
              ErrorCode.PERMISSION_DENIED, "Permission denied: only a super-user may " + what)
          .with("user", caller.user());
    }
  }

  /** In a sticky directory only the owner of the entry or of the directory may remove it. */
  public static void checkSticky(
      Caller caller,
      NamespacePath path,
      int directoryMode,
      String directoryOwner,
      String entryOwner) {
    if ((directoryMode & STICKY) != 0
        && !caller.superuser()
        && !caller.user().equals(directoryOwner)
        && !caller.user().equals(entryOwner)) {
      throw new MetadataException(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: the directory is sticky and another user owns " + path)
          .with("user", caller.user())
          .with("owner", entryOwner);
    }
  }

  private static String text(int wanted) {
    return ((wanted & READ) != 0 ? "r" : "-")
        + ((wanted & WRITE) != 0 ? "w" : "-")
        + ((wanted & EXECUTE) != 0 ? "x" : "-");
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where this machine finds the bytes of the namespace's files: masters hold metadata only, so bytes
 * go straight between here and the store. Stores that are no file system of this machine have
 * clients of their own.
 */
final class StoreFiles {
  private static final String SCHEME = "file://";

  private StoreFiles() {}

  /**
   * The bytes of a file that is complete.
   *
   * @throws MetadataException if it is none, or its bytes are elsewhere
   */
  static Path readable(NamespacePath path, FileStatus status) {
    if (status.getKind() != InodeKind.FILE) {
      throw new MetadataException(ErrorCode.NOT_A_FILE, path + " is no file: it has no bytes");
    }
    if (status.getIncomplete()) {
      throw new MetadataException(
          ErrorCode.FILE_STATE, path + " is not complete: its bytes may still be on their way");
    }
    return at(path, status.getStoreUri());
  }

  /**
   * Where the bytes of a path are, or go.
   *
   * @param storeUri as the master gave it; taken literally, as all of Cadastre's paths
   * @throws MetadataException if that is no file system of this machine
   */
  static Path at(NamespacePath path, String storeUri) {
    if (storeUri.isEmpty()) {
      throw new MetadataException(
          ErrorCode.UNSUPPORTED, path + " lies on no mount: no store holds its bytes");
    }
    if (!storeUri.startsWith(SCHEME)) {
      throw new MetadataException(
          ErrorCode.UNSUPPORTED,
          "The bytes of "
              + path
              + " are at "
              + storeUri
              + ", which this command cannot open; use that store's own client");
    }
    return Path.of(storeUri.substring(SCHEME.length()));
  }

  /** A failure of this machine in words: the system's own message is often only the file's name. */
  static CliFailure failed(String what, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (e instanceof NoSuchFileException) {
      reason += ": no such file or directory on this machine";
    } else if (e instanceof AccessDeniedException) {
      reason += ": permission denied";
    } else if (e instanceof FileAlreadyExistsException) {
      reason += ": exists already";
    }
    return CliFailure.local(what + ": " + reason, e);
  }
}

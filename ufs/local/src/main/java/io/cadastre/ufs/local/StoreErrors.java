package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/**
 * The one table from the JDK's exceptions to kinds. Most errors of the system reach Java only as
 * the text of `strerror`; a text that is not known here, a translated one for example, is UNKNOWN,
 * which is always safe.
 */
final class StoreErrors {
  private static final Map<String, Kind> BY_REASON =
      Map.ofEntries(
          Map.entry("Not a directory", Kind.NOT_A_DIRECTORY),
          Map.entry("Directory not empty", Kind.NOT_EMPTY),
          Map.entry("Operation not permitted", Kind.DENIED),
          Map.entry("Read-only file system", Kind.REFUSED),
          Map.entry("No space left on device", Kind.REFUSED),
          Map.entry("Disk quota exceeded", Kind.REFUSED),
          Map.entry("Too many links", Kind.REFUSED),
          Map.entry("File name too long", Kind.REFUSED),
          Map.entry("Invalid argument", Kind.REFUSED),
          Map.entry("Device or resource busy", Kind.REFUSED),
          Map.entry("Invalid cross-device link", Kind.REFUSED),
          Map.entry("Operation not supported", Kind.UNSUPPORTED));

  private StoreErrors() {}

  static Kind kindOf(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return Kind.ABSENT;
    } else if (failure instanceof FileAlreadyExistsException) {
      return Kind.EXISTS;
    } else if (failure instanceof DirectoryNotEmptyException) {
      return Kind.NOT_EMPTY;
    } else if (failure instanceof AccessDeniedException) {
      return Kind.DENIED;
    } else if (failure instanceof NotDirectoryException) {
      return Kind.NOT_A_DIRECTORY;
    } else if (failure instanceof AtomicMoveNotSupportedException) {
      return Kind.REFUSED;
    } else if (failure instanceof FileSystemException named && named.getReason() != null) {
      return BY_REASON.getOrDefault(named.getReason(), Kind.UNKNOWN);
    }
    return Kind.UNKNOWN;
  }

  /** For a user: `permission denied`, `Read-only file system`. */
  static String reasonOf(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    } else if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    } else if (failure instanceof FileAlreadyExistsException) {
      return "it already exists";
    } else if (failure instanceof DirectoryNotEmptyException) {
      return "the directory is not empty";
    } else if (failure instanceof NotDirectoryException) {
      return "not a directory";
    } else if (failure instanceof AtomicMoveNotSupportedException) {
      return "it would cross into another file system";
    } else if (failure instanceof FileSystemException named && named.getReason() != null) {
      return named.getReason();
    }
    return String.valueOf(failure.getMessage());
  }

  /** `Cannot <action> <uri>: <reason>`. */
  static UfsException failed(String action, String uri, IOException failure) {
    return new UfsException(
        kindOf(failure), "Cannot " + action + " " + uri + ": " + reasonOf(failure), failure);
  }

  static UfsException unknown(String action, String uri, IOException failure) {
    return new UfsException(
        Kind.UNKNOWN, "Cannot " + action + " " + uri + ": " + reasonOf(failure), failure);
  }
}

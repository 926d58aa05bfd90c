package io.cadastre.core.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in words. Stateless. */
public final class IoErrors {
  private IoErrors() {}

  /** Names the file if the failure does; never the name of a Java class. */
  public static String text(IOException failure) {
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file or directory";
    }
    if (failure instanceof FileSystemException other && other.getReason() == null) {
      return other.getFile() + ": the operation is not possible there";
    }
    return failure.getMessage() == null ? "input or output failed" : failure.getMessage();
  }

  /** The innermost cause in words: what wraps it was written for developers. */
  public static String innermost(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof IOException io) {
      return text(io);
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}

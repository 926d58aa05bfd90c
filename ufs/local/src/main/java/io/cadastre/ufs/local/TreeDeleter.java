package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes a subtree relative to open directories, so that a directory that is swapped for a
 * symbolic link meanwhile leads nowhere else. Holds one open directory per level. For one call.
 */
final class TreeDeleter {
  /** A directory into which another program writes meanwhile is emptied again, so many times. */
  private static final int PASSES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(TreeDeleter.class);

  private final StoreTree tree;
  private final String top;
  private final StoreDeadline deadline;
  private boolean changed;

  TreeDeleter(StoreTree tree, String top, StoreDeadline deadline) {
    this.tree = tree;
    this.top = top;
    this.deadline = deadline;
  }

  void delete(Path path) {
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(path.getParent())) {
      if (!(parent instanceof SecureDirectoryStream<Path> open)) {
        throw new UfsException(
            Kind.UNSUPPORTED,
            "Cannot delete " + tree.uriOf(top) + ": this system has no safe recursive delete");
      }
      deleteEntry(open, path.getFileName());
    } catch (NoSuchFileException e) {
      if (!changed) {
        throw tree.explain("delete", top, e);
      }
      throw half(e);
    } catch (DirectoryIteratorException e) {
      throw failed(e.getCause());
    } catch (IOException e) {
      throw failed(e);
    } catch (UfsException e) {
      throw changed ? half(new IOException(e.getMessage(), e)) : e;
    }
  }

  private UfsException failed(IOException failure) {
    return changed ? half(failure) : StoreErrors.failed("delete", tree.uriOf(top), failure);
  }

  private UfsException half(IOException failure) {
    return new UfsException(
        Kind.UNKNOWN,
        "Deleted only a part of " + tree.uriOf(top) + ": " + StoreErrors.reasonOf(failure),
        failure);
  }

  private void deleteEntry(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    deadline.check();
    boolean directory =
        parent
            .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes()
            .isDirectory();
    if (!directory) {
      parent.deleteFile(name);
      changed = true;
      return;
    }
    for (int pass = 1; ; pass++) {
      empty(parent, name);
      try {
        parent.deleteDirectory(name);
        changed = true;
        return;
      } catch (DirectoryNotEmptyException e) {
        if (pass == PASSES) {
          throw e;
        }
      }
    }
  }

  private void empty(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    try (SecureDirectoryStream<Path> directory =
        parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : directory) {
        try {
          deleteEntry(directory, entry.getFileName());
        } catch (NoSuchFileException e) {
          LOG.debug("{} was deleted by another program meanwhile", entry, e);
        }
      }
    }
  }
}

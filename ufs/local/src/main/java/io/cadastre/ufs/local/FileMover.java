package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Renames without replacing, with what the JDK offers, which is not the system call that does it.
 *
 * <p>Files and symbolic links get their new name as a hard link, which fails if the name is taken,
 * also against another master or program; then the old name is removed. A process that dies in
 * between leaves both names with one inode. A program that puts another file under the old name
 * between our last look at it and the removal, two system calls, loses that file.
 *
 * <p>Directories, and files where the file system has no hard links or the kernel refuses them for
 * files of others, are looked for at the destination and then renamed in one step. A program that
 * creates the destination between these two calls loses it, if it is a file or an empty directory;
 * a directory with entries is never replaced.
 */
final class FileMover {
  private final StoreTree tree;

  FileMover(StoreTree tree) {
    this.tree = tree;
  }

  void move(String source, Path from, FileAttributes attributes, String destination, Path to) {
    if (attributes.isSpecial()) {
      throw new UfsException(
          Kind.UNSUPPORTED, "Cannot rename " + tree.uriOf(source) + ": it is a special file");
    }
    if (attributes.isDirectory() || !link(source, from, destination, to)) {
      renameIfFree(source, from, destination, to);
      return;
    }
    unlinkSource(source, from, destination, to);
  }

  /** Returns false if hard links cannot be made here. */
  private boolean link(String source, Path from, String destination, Path to) {
    try {
      Files.createLink(to, from);
      return true;
    } catch (FileAlreadyExistsException e) {
      throw exists(destination, e);
    } catch (NoSuchFileException e) {
      throw explainAbsent(source, from, destination, e);
    } catch (UnsupportedOperationException e) {
      return false;
    } catch (IOException e) {
      Kind kind = StoreErrors.kindOf(e);
      if (kind == Kind.UNKNOWN || kind == Kind.NOT_A_DIRECTORY) {
        throw tree.explain("rename to", destination, e);
      }
      return false;
    }
  }

  private void unlinkSource(String source, Path from, String destination, Path to) {
    try {
      if (FileAttributes.of(from).sameFile(FileAttributes.of(to))) {
        Files.delete(from);
        return;
      }
    } catch (IOException e) {
      throw takeBack(source, destination, to, e);
    }
    throw takeBack(source, destination, to, new IOException("it was replaced meanwhile"));
  }

  /** The old name could not be removed: removes the new one, so that nothing has changed. */
  private UfsException takeBack(String source, String destination, Path to, IOException failure) {
    UfsException answer = StoreErrors.failed("rename", tree.uriOf(source), failure);
    boolean refused = answer.kind() == Kind.DENIED || answer.kind() == Kind.REFUSED;
    IOException left = failure;
    if (refused) {
      try {
        Files.delete(to);
        return answer;
      } catch (IOException e) {
        left = e;
      }
    }
    return new UfsException(
        Kind.UNKNOWN,
        answer.getMessage() + "; it may now be at " + tree.uriOf(destination) + " too",
        left);
  }

  private void renameIfFree(String source, Path from, String destination, Path to) {
    try {
      if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
        throw exists(destination, null);
      }
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw explainAbsent(source, from, destination, e);
    } catch (IOException e) {
      UfsException failure = StoreErrors.failed("rename", tree.uriOf(source), e);
      boolean taken = failure.kind() == Kind.NOT_EMPTY || failure.kind() == Kind.EXISTS;
      throw taken ? exists(destination, e) : failure;
    }
  }

  private UfsException exists(String destination, IOException cause) {
    return new UfsException(
        Kind.EXISTS, tree.uriOf(destination) + " already exists; a rename replaces nothing", cause);
  }

  private UfsException explainAbsent(
      String source, Path from, String destination, NoSuchFileException failure) {
    String missing = Files.exists(from, LinkOption.NOFOLLOW_LINKS) ? destination : source;
    return tree.explain("rename", missing, failure);
  }
}

package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;

/** Makes a status of attributes: names for numbers, targets for links. Thread-safe. */
final class StatusReader {
  private final PrincipalNames names = new PrincipalNames();

  UfsStatus status(String name, FileAttributes attributes, Path path)
      throws IOException, UnreadableException {
    return attributes.toStatus(
        name, owner(attributes, path), group(attributes, path), linkTarget(attributes, path));
  }

  /** The root's, which may be a link: its owner is looked up at what it leads to. */
  UfsStatus rootStatus(FileAttributes attributes, Path root) throws IOException {
    Path real = root.toRealPath();
    return attributes.toStatus("", owner(attributes, real), group(attributes, real), "");
  }

  String owner(FileAttributes attributes, Path path) throws IOException {
    return names.user(attributes.uid(), path);
  }

  String group(FileAttributes attributes, Path path) throws IOException {
    return names.group(attributes.gid(), path);
  }

  /**
   * The target of a link, empty for anything else.
   *
   * @throws UnreadableException for a special file, or a target that is not UTF-8
   */
  String linkTarget(FileAttributes attributes, Path path) throws IOException, UnreadableException {
    if (attributes.isSpecial()) {
      throw new UnreadableException("special file");
    }
    if (!attributes.isSymlink()) {
      return "";
    }
    Path target;
    try {
      target = Files.readSymbolicLink(path);
    } catch (NotLinkException e) {
      // Replaced since it was looked at; as good as gone for this look.
      NoSuchFileException gone = new NoSuchFileException(path.toString());
      gone.initCause(e);
      throw gone;
    }
    String text = target.toString();
    if (!ExactNames.isExact(text, target)) {
      throw new UnreadableException("symbolic link to a name that is not UTF-8");
    }
    return text;
  }
}

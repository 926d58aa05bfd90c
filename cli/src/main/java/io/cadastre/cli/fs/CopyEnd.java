package io.cadastre.cli.fs;

import io.cadastre.cli.base.NamespacePathConverter;
import io.cadastre.core.path.NamespacePath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One end of a copy.
 *
 * @param path of the namespace, or null
 * @param local a file of this machine, or null
 * @param text as the user wrote it
 */
record CopyEnd(NamespacePath path, Path local, String text) {
  private static final String LOCAL = "file:";

  boolean isLocal() {
    return local != null;
  }

  /** `file:PATH` and `file:///PATH` are files of this machine; else a path of the namespace. */
  static final class Converter implements ITypeConverter<CopyEnd> {
    @Override
    public CopyEnd convert(String text) {
      if (!text.startsWith(LOCAL)) {
        return new CopyEnd(new NamespacePathConverter().convert(text), null, text);
      }
      String name = text.substring(LOCAL.length());
      name = name.startsWith("//") ? name.substring(2) : name;
      if (name.isEmpty()) {
        throw new TypeConversionException("'" + text + "' names no file; write file:PATH");
      }
      try {
        return new CopyEnd(null, Path.of(name), text);
      } catch (InvalidPathException e) {
        throw new TypeConversionException("'" + text + "' is no name of a file: " + e.getReason());
      }
    }
  }
}

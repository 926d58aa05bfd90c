package io.cadastre.cli.base;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Checks a path before anything is sent. */
public final class NamespacePathConverter implements ITypeConverter<NamespacePath> {
  @Override
  public NamespacePath convert(String text) {
    try {
      return NamespacePath.of(text);
    } catch (MetadataException e) {
      throw new TypeConversionException(e.getMessage() + ": '" + text + "'");
    }
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.format.Glob;
import io.cadastre.cli.format.ModeChange;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converters of option texts that are checked before anything is sent. */
final class Converters {
  private Converters() {}

  /** Octal digits only. */
  static final class Octal implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      ModeChange change = Symbolic.parse(text);
      if (change.needsCurrentMode()) {
        throw new TypeConversionException(
            "'" + text + "' is no mode; expected octal digits such as 755");
      }
      return change.apply(0, false);
    }
  }

  /** Octal digits or clauses such as u+x. */
  static final class Symbolic implements ITypeConverter<ModeChange> {
    @Override
    public ModeChange convert(String text) {
      return parse(text);
    }

    static ModeChange parse(String text) {
      try {
        return ModeChange.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** A shell pattern. */
  static final class Pattern implements ITypeConverter<Glob> {
    @Override
    public Glob convert(String text) {
      try {
        return Glob.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

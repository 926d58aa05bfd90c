package io.cadastre.ufs.local;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.util.Map;

/** A program for {@link ChildProcessTest}: opens a store and says how that went. */
final class OpenInThisLocale {
  private OpenInThisLocale() {}

  public static void main(String[] args) {
    try {
      new UnderFileSystems().open(args[0], Map.of()).close();
      System.out.println("opened");
    } catch (MetadataException e) {
      System.out.println("refused: " + e.code() + " " + e.getMessage());
    }
  }
}

package io.cadastre.client;

import io.cadastre.core.error.MetadataException;

/** Checks of settings and options that say the field and what was expected. */
final class Checks {
  private Checks() {}

  static void require(boolean holds, String field, String expected) {
    if (!holds) {
      throw MetadataException.invalid(field, expected);
    }
  }
}

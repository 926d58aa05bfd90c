package io.cadastre.cli.fs;

import io.cadastre.cli.base.Output;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.client.Served;

/** Says, once per command, that an answer could not be compared with its store. */
final class Staleness {
  private final Output output;
  private boolean said;

  Staleness(Output output) {
    this.output = output;
  }

  void look(Served served) {
    if (!said && !served.staleReason().isEmpty()) {
      said = true;
      output.note(
          "Warning: this may be older than the store: "
              + ListingFormat.printable(served.staleReason()));
    }
  }
}

package io.cadastre.cli;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.tools.JournalTools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A command line without the journal's offline classes: every use of them is refused. */
final class NoJournalTools implements JournalTools {
  private static CliFailure missing() {
    return new CliFailure(
        ExitCodes.INTERNAL, "This build of the command line has no offline journal tools.");
  }

  @Override
  public Optional<Identity> identity(Path storageDir) {
    throw missing();
  }

  @Override
  public Identity format(Path storageDir, String node, UUID clusterId) {
    throw missing();
  }

  @Override
  public Verification verify(Path storageDir) {
    throw missing();
  }

  @Override
  public Map<String, String> stat(Path storageDir) {
    throw missing();
  }

  @Override
  public void dump(Path storageDir, DumpRange range, Consumer<String> line) {
    throw missing();
  }
}

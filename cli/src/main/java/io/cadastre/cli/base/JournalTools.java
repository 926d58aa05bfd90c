package io.cadastre.cli.base;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The journal's offline tools, as the commands need them: they work on a master's storage directory
 * without a running cluster. Failures are MetadataExceptions or CliFailures with words for the
 * user. Every method refuses a storage whose master is running, with the words to stop it.
 */
public interface JournalTools {

  /** Who a storage directory belongs to. */
  record Identity(UUID clusterId, String node, UUID incarnation) {}

  /**
   * What was looked at and what is wrong.
   *
   * @param checked name and figure of each thing that was checked, in order
   * @param problems a sentence each; empty if all is well
   * @param ok whether nothing is damaged or missing: some problems are only to be known of
   */
  record Verification(Map<String, String> checked, List<String> problems, boolean ok) {}

  /**
   * A range of state indexes, both ends included, and how much to show.
   *
   * @param from first index
   * @param to last index; Long.MAX_VALUE for the end
   */
  record DumpRange(long from, long to) {}

  /** The identity of a formatted storage; empty if it is not formatted. */
  Optional<Identity> identity(Path storageDir);

  /**
   * Makes an empty storage for this node: deletes what a former one left there.
   *
   * @return the new identity
   */
  Identity format(Path storageDir, String node, UUID clusterId);

  /** Checks checksums, continuity and the store against the log. */
  Verification verify(Path storageDir);

  /** Names and figures: first and last index, bytes, snapshots, store rows, ... in order. */
  Map<String, String> stat(Path storageDir);

  /** Hands over each entry of the log in the range as one line of JSON, in order. */
  void dump(Path storageDir, DumpRange range, Consumer<String> line);
}

package io.cadastre.cli.tools;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.core.error.IoErrors;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.store.StoreException;
import io.cadastre.journal.tools.JournalDump;
import io.cadastre.journal.tools.JournalStat;
import io.cadastre.journal.tools.JournalVerify;
import io.cadastre.journal.tools.StorageFormat;
import io.cadastre.journal.tools.VerifyReport;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The {@link JournalTools} over a master's storage directory. */
public final class StorageTools implements JournalTools {
  @Override
  public Optional<Identity> identity(Path storageDir) {
    Path file = storageDir.resolve(NodeIdentity.FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String node = PropertiesFile.read(file).getOrDefault("node", "");
    NodeIdentity identity = NodeIdentity.load(storageDir, node);
    return Optional.of(
        new Identity(identity.clusterId(), identity.nodeName(), identity.incarnation()));
  }

  @Override
  public Identity format(Path storageDir, String node, UUID clusterId) {
    NodeIdentity made =
        local("format", storageDir, () -> StorageFormat.format(storageDir, node, clusterId, true));
    return new Identity(made.clusterId(), made.nodeName(), made.incarnation());
  }

  @Override
  public Verification verify(Path storageDir) {
    VerifyReport report = local("check", storageDir, () -> JournalVerify.verify(storageDir));
    List<String> problems = new ArrayList<>();
    report
        .findings()
        .forEach(
            finding ->
                problems.add(finding.severity() + ": " + finding.what() + ". " + finding.advice()));
    return new Verification(report.checked(), problems, report.ok());
  }

  @Override
  public Map<String, String> stat(Path storageDir) {
    JournalStat stat = local("read", storageDir, () -> JournalStat.of(storageDir));
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("cluster id", stat.identity().clusterId().toString());
    figures.put("node", stat.identity().nodeName());
    figures.put("incarnation", stat.identity().incarnation().toString());
    figures.put("log", stat.logStart() + " to " + stat.logEnd());
    figures.put("applied", "term " + stat.appliedTerm() + " index " + stat.appliedIndex());
    figures.put("index base", Long.toString(stat.indexBase()));
    figures.put("recovery epoch", Long.toString(stat.recoveryEpoch()));
    figures.put("format level", Long.toString(stat.formatLevel()));
    figures.put("cluster time", Instant.ofEpochMilli(stat.clusterMillis()).toString());
    figures.put("next inode id", Long.toString(stat.nextInodeId()));
    stat.segments()
        .forEach(segment -> figures.put("segment " + segment.name(), segment.bytes() + " bytes"));
    stat.rows()
        .forEach(
            (family, rows) ->
                figures.put(
                    "rows " + family.storedName(),
                    rows + " (about " + stat.bytes().get(family) + " bytes)"));
    return figures;
  }

  @Override
  public void dump(Path storageDir, DumpRange range, Consumer<String> line) {
    local("read", storageDir, () -> JournalDump.dump(storageDir, range.from(), range.to(), line));
  }

  private static <T> T local(String what, Path storageDir, Supplier<T> work) {
    try {
      return work.get();
    } catch (UncheckedIOException e) {
      throw CliFailure.local(
          "Cannot " + what + " " + storageDir + ": " + IoErrors.text(e.getCause()), e.getCause());
    } catch (StoreException e) {
      throw CliFailure.local("Cannot " + what + " " + storageDir + ": " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw CliFailure.local(
          "Cannot "
              + what
              + " "
              + storageDir
              + ": RocksDB's library cannot be loaded; set"
              + " ROCKSDB_SHAREDLIB_DIR to a directory from which programs may be run: "
              + e.getMessage(),
          e);
    }
  }
}

package io.cadastre.cli.fs;

import io.cadastre.cli.format.ListingFormat.Entry;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Page;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import java.util.function.Consumer;

/** Walks the pages of a listing and gives each entry its whole path. */
final class Listing {
  private final MetadataClient client;
  private final NamespacePath path;
  private final Staleness staleness;
  private Boolean pathIsFile;

  /**
   * @param staleness told of every page
   */
  Listing(MetadataClient client, NamespacePath path, Staleness staleness) {
    this.client = client;
    this.path = path;
    this.staleness = staleness;
  }

  /** Hands the pages over in their order, none of them empty. Memory stays flat. */
  void forEachPage(ListOptions options, Consumer<List<Entry>> consumer) {
    try (ListStream pages = client.list(path.toString(), options)) {
      while (pages.hasNext()) {
        Page page = pages.next();
        staleness.look(page.served());
        if (!page.entries().isEmpty()) {
          consumer.accept(
              page.entries().stream().map(entry -> new Entry(entry, pathOf(entry))).toList());
        }
      }
    }
  }

  private String pathOf(FileStatus entry) {
    if (!entry.getPath().isEmpty()) {
      return entry.getPath();
    }
    // A file lists as itself, which looks like a directory with a child of its own name.
    boolean itself =
        !path.isRoot()
            && entry.getName().equals(path.name())
            && entry.getKind() != InodeKind.DIRECTORY
            && pathIsFile();
    String parent = path.isRoot() ? "" : path.toString();
    return itself ? path.toString() : parent + "/" + entry.getName();
  }

  private boolean pathIsFile() {
    if (pathIsFile == null) {
      ReadOptions known =
          ReadOptions.DEFAULT.withLoadType(LoadType.NEVER).withSyncIntervalMillis(-1);
      pathIsFile =
          client.getStatus(path.toString(), known).value().getKind() != InodeKind.DIRECTORY;
    }
    return pathIsFile;
  }
}

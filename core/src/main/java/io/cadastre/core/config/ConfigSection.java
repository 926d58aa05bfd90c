package io.cadastre.core.config;

/** How the reference page groups the keys, in its order. */
enum ConfigSection {
  CLUSTER("Cluster and addresses"),
  SECURITY("Security"),
  CLIENT("Client"),
  SYNC("Metadata sync"),
  FILES("Files and stores"),
  LISTINGS("Listings"),
  CALLS("Calls, locks and operation ids"),
  JOURNAL("Journal"),
  RAFT("Raft"),
  SNAPSHOTS("Snapshots"),
  STORE("Inode store"),
  HTTP("HTTP"),
  TESTING("For tests only");

  private final String title;

  ConfigSection(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}

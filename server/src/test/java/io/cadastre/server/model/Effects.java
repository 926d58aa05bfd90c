package io.cadastre.server.model;

import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import io.cadastre.server.model.Step.Trouble;

/** What reads and syncs do to the namespace. */
final class Effects {
  private Effects() {}

  /** A read that compares its path with the store, or loads what is missing. */
  static void read(Namespace namespace, Step.Read read) {
    if (read.freshness() == Freshness.KNOWN || namespace.storeOf(read.path()) == null) {
      return;
    }
    boolean refresh = read.freshness() == Freshness.NOW;
    boolean self = read.question() == Question.STATUS || read.question() == Question.EXISTS;
    if (self && !refresh && namespace.find(read.path()) != null) {
      return;
    }
    SyncModel.Depth depth =
        self
            ? SyncModel.Depth.SELF
            : read.question() == Question.LIST ? SyncModel.Depth.CHILDREN : SyncModel.Depth.ALL;
    SyncModel.run(namespace, read.path(), depth, refresh, Trouble.NONE, "");
  }

  static void load(Namespace namespace, Step.Load load) {
    SyncModel.run(
        namespace,
        load.path(),
        load.recursive() ? SyncModel.Depth.ALL : SyncModel.Depth.CHILDREN,
        load.force(),
        load.trouble(),
        load.troubled());
  }
}

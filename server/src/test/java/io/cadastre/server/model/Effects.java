package io.cadastre.server.model;

import io.cadastre.server.model.Step.Freshness;
import io.cadastre.server.model.Step.Question;
import io.cadastre.server.model.Step.Trouble;

/** What reads and syncs do to the namespace. */
final class Effects {
  private Effects() {}

  /**
   * A read that compares its path with the store, as it asks for that or as the path is due, or
   * loads what is missing.
   *
   * @param believed whether its path is believed absent
   */
  static void read(Namespace namespace, Step.Read read, Marks marks, boolean believed) {
    if (namespace.storeOf(read.path()) == null) {
      return;
    }
    boolean self = read.question() == Question.STATUS || read.question() == Question.EXISTS;
    SyncModel.Depth depth =
        self
            ? SyncModel.Depth.SELF
            : read.question() == Question.LIST ? SyncModel.Depth.CHILDREN : SyncModel.Depth.ALL;
    if (read.freshness() == Freshness.NOW) {
      SyncModel.compare(namespace, read.path(), depth, directory -> false);
    } else if (marks.isDue(namespace, read.path(), depth)) {
      compare(namespace, read.path(), depth, marks);
    } else if (loads(read.freshness(), believed)
        && !(self && namespace.find(read.path()) != null)) {
      SyncModel.run(namespace, read.path(), depth, false, Trouble.NONE, "");
    }
  }

  private static boolean loads(Freshness freshness, boolean believed) {
    return freshness == Freshness.LOAD_MISSING || (freshness == Freshness.LOAD_ONCE && !believed);
  }

  /**
   * A comparison because it was due: what was listed and is not due itself need not be listed
   * again.
   */
  private static void compare(
      Namespace namespace, String path, SyncModel.Depth depth, Marks marks) {
    SyncModel.compare(namespace, path, depth, directory -> marks.isListed(namespace, directory));
    if (depth == SyncModel.Depth.SELF) {
      marks.comparedItself(namespace, path);
    }
  }

  /**
   * What is compared before a change is decided: its paths, and the directories above them.
   *
   * @return whether anything was due
   */
  static boolean beforeChange(Namespace namespace, Change change, Marks marks) {
    boolean any = false;
    for (String path : change.comparedPaths()) {
      if (marks.isDue(namespace, path, SyncModel.Depth.SELF)) {
        compare(namespace, path, SyncModel.Depth.SELF, marks);
        any = true;
      }
    }
    return any;
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

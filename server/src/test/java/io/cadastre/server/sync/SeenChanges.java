package io.cadastre.server.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which of the outside changes of {@link AbstractSyncTriggersTest} a listing shows. Stateless. */
final class SeenChanges {
  private static final String NONE = "none";

  private SeenChanges() {}

  /**
   * One row of the table that `scripts/prove/sync-1` prints: store, trigger, then yes or - for each
   * change, and none for one that the store does not have.
   *
   * @param top directory of the test, which has its name and ends with a slash
   * @param known entries as the test writes them
   */
  static String row(StoreFixture store, String top, List<String> known) {
    List<String> cells = new ArrayList<>();
    cells.add(cell(known.contains("born f1")));
    cells.add(cell(!known.contains("gone f1")));
    cells.add(cell(known.contains("grow f5")));
    cells.add(store.hasModes() ? cell(known.contains("mode f1 600")) : NONE);
    cells.add(store.mayChangeOwners() ? cell(known.contains("owner f1 B")) : NONE);
    cells.add(cell(known.contains("there d")));
    cells.add(cell(known.contains("back f2")));
    cells.add(renamed(known.contains("old d"), known.contains("new d")));
    cells.add(cell(known.contains("sub/late f1")));
    cells.add(cell(known.contains("sub/deep f5")));
    String scheme = store.uri().substring(0, store.uri().indexOf(':'));
    return scheme + "|" + words(top) + "|" + String.join("|", cells);
  }

  private static String cell(boolean seen) {
    return seen ? "yes" : "-";
  }

  private static String renamed(boolean atOld, boolean atNew) {
    return atOld ? (atNew ? "at both" : "-") : (atNew ? "yes" : "not at old");
  }

  private static String words(String name) {
    return name.replace("/", "").replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT).strip();
  }
}

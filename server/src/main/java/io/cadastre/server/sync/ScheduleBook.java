package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * When each path with a schedule is compared next. Pure: what time it is, and when a path was last
 * compared, comes in; all times are cluster time in milliseconds.
 *
 * <p>A path is due before its interval is over: by the time that the last run took, so that it is
 * not older at the end of the next one, and by a part of the interval that its name tells, so that
 * paths which were compared together do not stay together. A path that a run did not get compared
 * is tried again sooner than an interval later, but less and less often. Not thread-safe.
 */
final class ScheduleBook {
  /** At most this part of an interval is given away to spread paths, and as much to a run. */
  private static final int SPREAD = 4;

  private static final long MOST_FIRST_SPREAD_MILLIS = 60_000;
  private static final long FIRST_RETRY_MILLIS = 5_000;

  /**
   * A path that is to be kept no older than this.
   *
   * @param origin where that is said, for people
   */
  record Target(NamespacePath path, long intervalMillis, String origin) {}

  private static final class Page {
    private Target target;
    private final long firstSeenMillis;
    private boolean running;
    private long begunMillis;
    private long endedMillis;
    private long tookMillis;
    private int inVain;
    private String result = "";

    Page(Target target, long nowMillis) {
      this.target = target;
      this.firstSeenMillis = nowMillis;
    }
  }

  private final Map<NamespacePath, Page> pages = new HashMap<>();

  /** Takes the schedules of now; what is known of those that stay is kept. */
  void targets(Collection<Target> targets, long nowMillis) {
    Map<NamespacePath, Page> old = new HashMap<>(pages);
    pages.clear();
    for (Target target : targets) {
      Page page = old.getOrDefault(target.path(), new Page(target, nowMillis));
      page.target = target;
      pages.put(target.path(), page);
    }
  }

  /**
   * When a path is compared next.
   *
   * @param comparedMillis when all of it was last compared; 0: never
   */
  long next(NamespacePath path, long comparedMillis) {
    Page page = pages.get(path);
    long interval = page.target.intervalMillis();
    long spread = (long) (share(path) * (interval / (double) SPREAD));
    long due =
        comparedMillis > 0
            ? comparedMillis + interval - spread - Math.min(page.tookMillis, interval / SPREAD)
            : page.firstSeenMillis + Math.min(spread, MOST_FIRST_SPREAD_MILLIS);
    if (page.endedMillis == 0 || comparedMillis >= page.begunMillis) {
      return due;
    }
    // The last run did not get through, or left no mark, or its mark was broken again.
    long pause = FIRST_RETRY_MILLIS << Math.min(page.inVain, 20);
    return Math.max(due, page.endedMillis + Math.min(pause, Math.max(1, interval / 2)));
  }

  boolean isRunning(NamespacePath path) {
    return pages.get(path).running;
  }

  /** Whether it may begin now: due, and not at work already. */
  boolean isDue(NamespacePath path, long comparedMillis, long nowMillis) {
    return !isRunning(path) && next(path, comparedMillis) <= nowMillis;
  }

  /** By how much a path is older than it may be; 0 or less if it is not. */
  long late(NamespacePath path, long comparedMillis, long nowMillis) {
    Page page = pages.get(path);
    long since = comparedMillis > 0 ? comparedMillis : page.firstSeenMillis;
    return nowMillis - since - page.target.intervalMillis();
  }

  /**
   * A run begins.
   *
   * @param comparedMillis when all of the path was last compared; 0: never. If that was before the
   *     last run began, that one was in vain, whatever it said.
   */
  void begun(NamespacePath path, long comparedMillis, long nowMillis) {
    Page page = pages.get(path);
    page.running = true;
    page.inVain = page.endedMillis > 0 && comparedMillis < page.begunMillis ? page.inVain + 1 : 0;
    page.begunMillis = nowMillis;
  }

  /**
   * A run has ended; its path may have lost its schedule meanwhile.
   *
   * @param result in a word
   */
  void ended(NamespacePath path, String result, long nowMillis) {
    Page page = pages.get(path);
    if (page != null && page.running) {
      page.running = false;
      page.endedMillis = nowMillis;
      page.tookMillis = nowMillis - page.begunMillis;
      page.result = result;
    }
  }

  String result(NamespacePath path) {
    return pages.get(path).result;
  }

  /** A number from 0 up to 1 that belongs to the path, evenly spread. */
  private static double share(NamespacePath path) {
    int mixed = path.toString().hashCode() * 0x9E3779B9;
    return ((mixed ^ (mixed >>> 15)) & 0xFFFF) / 65536.0;
  }
}

package io.cadastre.ufs.testing;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * What goes wrong in a {@link MemoryStore}. Rules are tried in the order in which they were added;
 * all that match a request take effect, until one fails it. Thread-safe; rules may come and go
 * while requests run. Paths are the store's own, from its top, without a leading slash.
 *
 * <pre>
 * plan.on(LIST).under("a").fail(Kind.DENIED);
 * plan.on(STATUS).call(3).times(1).delay(Duration.ofMillis(50));
 * Gate gate = plan.on(PAGE).at("big").page(1).pause();       // before its second page
 * plan.on(RENAME).times(1).loseAnswer();                     // done, but answered UNKNOWN
 * </pre>
 */
public final class FaultPlan {
  private final List<Rule> rules = new CopyOnWriteArrayList<>();

  /** Begins a rule for these requests; for all requests if none is named. */
  public Rule on(StoreOperation... operations) {
    return new Rule(Set.of(operations));
  }

  /** Takes all rules away. Requests that wait at a gate still wait for its release. */
  public void clear() {
    rules.clear();
  }

  void before(StoreOperation operation, String path, int page, StoreDeadline deadline) {
    for (Rule rule : rules) {
      if (!rule.after && rule.strikes(operation, path, page)) {
        rule.effect.happen(path, deadline);
      }
    }
  }

  void after(StoreOperation operation, String path, StoreDeadline deadline) {
    for (Rule rule : rules) {
      if (rule.after && rule.strikes(operation, path, 0)) {
        rule.effect.happen(path, deadline);
      }
    }
  }

  @FunctionalInterface
  private interface Effect {
    void happen(String path, StoreDeadline deadline);
  }

  /** When, and then what. Takes effect with the call that says what. */
  public final class Rule {
    private final Set<StoreOperation> operations;
    private Predicate<String> paths = path -> true;
    private int page = -1;
    private int firstCall = 1;
    private int lastCall = Integer.MAX_VALUE;
    private boolean after;
    private Effect effect;
    private int calls;

    private Rule(Set<StoreOperation> operations) {
      this.operations = operations;
    }

    /** Only requests for this path. */
    public Rule at(String path) {
      return matching(path::equals);
    }

    /** Only requests for this path and what is below it. */
    public Rule under(String path) {
      return matching(
          other -> path.isEmpty() || other.equals(path) || other.startsWith(path + "/"));
    }

    /** Only requests whose path matches; for a rename the source. */
    public Rule matching(Predicate<String> predicate) {
      paths = predicate;
      return this;
    }

    /** Only this page of a listing, from 0. */
    public Rule page(int number) {
      page = number;
      return this;
    }

    /** Not before the n-th request that matches, from 1. */
    public Rule call(int number) {
      firstCall = number;
      return this;
    }

    /** No more than so often, counted from the first that is struck. */
    public Rule times(int count) {
      lastCall = count;
      return this;
    }

    /** Fails the request before it does anything. */
    public FaultPlan fail(Kind kind) {
      return fail(kind, "injected " + kind);
    }

    public FaultPlan fail(Kind kind, String message) {
      return add(
          (path, deadline) -> {
            throw new UfsException(kind, message + " at '" + path + "'");
          });
    }

    /** Does what was asked and then answers UNKNOWN. */
    public FaultPlan loseAnswer() {
      after = true;
      return fail(Kind.UNKNOWN, "injected loss of the answer");
    }

    /**
     * Takes so long, or until the deadline; then the request was not done and its end is unknown.
     */
    public FaultPlan delay(Duration duration) {
      return add((path, deadline) -> sleep(duration, deadline));
    }

    /** Waits at the gate before the request is done, beyond every deadline. */
    public Gate pause() {
      Gate gate = new Gate();
      add((path, deadline) -> gate.pass());
      return gate;
    }

    /** Waits at the gate after the request was done. */
    public Gate pauseAfter() {
      after = true;
      return pause();
    }

    /** Runs before the request, for example to change the store. */
    public FaultPlan run(Runnable action) {
      return add((path, deadline) -> action.run());
    }

    private FaultPlan add(Effect what) {
      effect = what;
      rules.add(this);
      return FaultPlan.this;
    }

    private static boolean isPage(StoreOperation operation) {
      return operation == StoreOperation.PAGE || operation == StoreOperation.FLAT_PAGE;
    }

    private synchronized boolean strikes(StoreOperation operation, String path, int ofPage) {
      if (!(operations.isEmpty() || operations.contains(operation))
          || !paths.test(path)
          || (page >= 0 && (!isPage(operation) || page != ofPage))) {
        return false;
      }
      calls++;
      return calls >= firstCall && calls - firstCall < lastCall;
    }
  }

  private static void sleep(Duration duration, StoreDeadline deadline) {
    long until = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
      if (deadline.expired()) {
        throw new UfsException(
            Kind.UNKNOWN,
            "timed out; the store takes "
                + TimeUnit.NANOSECONDS.toMillis(duration.toNanos())
                + " ms");
      }
      LockSupport.parkNanos(Math.min(left, Math.max(1, deadline.remainingNanos())));
    }
  }
}

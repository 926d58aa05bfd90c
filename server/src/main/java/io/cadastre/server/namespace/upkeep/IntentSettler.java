package io.cadastre.server.namespace.upkeep;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.namespace.through.Finding;
import io.cadastre.server.namespace.through.IntentResolver;
import io.cadastre.server.transaction.IntentJournal;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreExecutor;
import io.cadastre.server.transaction.UnsettledIntent;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what stores have made of changes of unknown outcome, those of earlier leaders and those
 * of this one, and journals it; until then their paths stay locked. "Done" is believed at once.
 * Everything else only when no request can be on its way to the store any more: its time is over,
 * and none of this process is stuck in the store.
 */
public final class IntentSettler implements LeaderTask {
  private static final Logger LOG = LoggerFactory.getLogger(IntentSettler.class);
  private static final long PERIOD_MILLIS = 20;

  private final StoreExecutor stores;
  private final IntentResolver resolver;
  private final IntentJournal journal;
  private final long storeDeadlineNanos;

  /**
   * @param storeDeadlineNanos longest time that one request to a store takes
   */
  public IntentSettler(
      StoreExecutor stores,
      IntentResolver resolver,
      IntentJournal journal,
      long storeDeadlineNanos) {
    this.stores = stores;
    this.resolver = resolver;
    this.journal = journal;
    this.storeDeadlineNanos = storeDeadlineNanos;
  }

  @Override
  public String name() {
    return "settle-intents";
  }

  @Override
  public long runOnce(Leadership leadership) {
    for (UnsettledIntent unsettled : leadership.intents().takeDue()) {
      try {
        stores.execute(unsettled.intent().getMountId(), () -> settle(leadership, unsettled));
      } catch (MetadataException e) {
        unsettled.again(e.getMessage());
      }
    }
    return PERIOD_MILLIS;
  }

  private void settle(Leadership leadership, UnsettledIntent unsettled) {
    try {
      ask(leadership, unsettled);
    } catch (RuntimeException | Error e) {
      LOG.error("An intent cannot be settled because of a defect: {}", unsettled.intent(), e);
      unsettled.again("a defect of Cadastre, see the log");
    }
  }

  private void ask(Leadership leadership, UnsettledIntent unsettled) {
    OpenIntent intent = unsettled.intent();
    Optional<MountPoint> mount;
    try (AppliedView view = leadership.view()) {
      mount = view.mounts().byId(intent.getMountId());
    }
    if (mount.isEmpty()) {
      giveUp(leadership, unsettled, new Finding.GivenUp(List.of(), "its mount is gone"));
      return;
    }
    // Asked before the store is: what is stuck now may have been done by the time of the answer.
    boolean mayStillArrive =
        resolver.hasStuckRequests(mount.get()) || unsettled.mayStillArrive(System.nanoTime());
    StoreCall call = new StoreCall(leadership, System.nanoTime() + storeDeadlineNanos);
    Finding finding = resolver.look(mount.get(), intent, call);
    if (mayStillArrive && !(finding instanceof Finding.Done)) {
      unsettled.again(
          finding instanceof Finding.Unknown unknown
              ? unknown.reason()
              : "a request may still be on its way to the store");
      return;
    }
    if (finding instanceof Finding.Half half) {
      finding = resolver.forward(half);
    }
    conclude(leadership, unsettled, finding);
  }

  private void conclude(Leadership leadership, UnsettledIntent unsettled, Finding finding) {
    OpenIntent intent = unsettled.intent();
    if (finding instanceof Finding.Done done) {
      LOG.info(
          "The store has made a change of unknown outcome: {} {}",
          intent.getKind(),
          intent.getPathsList());
      journal.done(leadership, unsettled, done.records());
    } else if (finding instanceof Finding.NotDone) {
      LOG.info(
          "The store has not made a change of unknown outcome: {} {}",
          intent.getKind(),
          intent.getPathsList());
      journal.notDone(
          leadership,
          unsettled,
          List.of(),
          new MetadataException(
              ErrorCode.STORE_UNAVAILABLE,
              "The store did not make the change: " + unsettled.reason()));
    } else if (finding instanceof Finding.GivenUp givenUp) {
      giveUp(leadership, unsettled, givenUp);
    } else if (finding instanceof Finding.Unknown unknown) {
      unsettled.again(unknown.reason());
    } else {
      unsettled.again("only a part was made");
    }
  }

  private void giveUp(Leadership leadership, UnsettledIntent unsettled, Finding.GivenUp givenUp) {
    OpenIntent intent = unsettled.intent();
    LOG.warn(
        "A change of a store is given up, its paths are compared with the store when next used: {} {}: {}",
        intent.getKind(),
        intent.getPathsList(),
        givenUp.reason());
    journal.notDone(
        leadership,
        unsettled,
        givenUp.records(),
        new MetadataException(
            ErrorCode.OUTCOME_UNKNOWN,
            "The store may have made a part of the change: " + givenUp.reason()));
  }
}

package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MountOptions;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.badinput.Said;
import io.cadastre.server.badinput.Shell;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that fails while a known tree is compared with it by `load-metadata -R -F`, as a user
 * types it. Each failure is named with its path and its code, nothing is deleted because of it, and
 * all that was known is still answered; once the store is well, one load leaves no difference. For
 * every store; each test has a mount of its own, from which one file has really gone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class AbstractSyncFailuresTest {
  private static final Pattern ENTRY = Pattern.compile("\"path\":\"([^\"]+)\".*\"id\":(\\d+)");

  private static final Pattern FAILURE = Pattern.compile("(?m)^Failed: .* \\(([A-Z_]+)\\)$");

  /** More than the guard lets pass, and more than one page. */
  private static final int BIG = 40;

  protected static final String REFUSED = "(STORE_REFUSED)";
  protected static final String UNAVAILABLE = "(STORE_UNAVAILABLE)";
  private static final String ROOT_CHANGED = "(STORE_ROOT_CHANGED)";

  private final Moments moments = new Moments();
  private FailingStoreFixture store;
  private TestMaster master;
  private Shell shell;
  private String top;
  private String mount;
  private Map<String, Long> before;

  /** The store to try; asked once, and closed at the end. */
  protected abstract FailingStoreFixture open(Path directory);

  /** Directory of the test in the store, with a slash at its end. */
  protected final String top() {
    return top;
  }

  /** Where that is mounted. */
  protected final String mount() {
    return mount;
  }

  @BeforeAll
  void start(@TempDir Path directory) {
    store = open(directory.resolve("store"));
    master =
        TestMaster.in(directory.resolve("master"), moments.stores())
            .with("cadastre.master.metadata.sync.delete.guard.count", "20")
            .with("cadastre.master.ufs.deadline", "2s")
            .with("cadastre.master.ufs.breaker.pause.min", "50ms")
            .with("cadastre.master.ufs.breaker.pause.max", "200ms")
            .start();
    shell = new Shell(directory, master.address());
  }

  @AfterAll
  void stop() {
    master.close();
    store.close();
  }

  /** Makes the tree, lets the cluster know it, and takes one file away. */
  @BeforeEach
  void load(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName();
    top = name + "/";
    mount = "/" + name;
    for (int i = 0; i < BIG; i++) {
      store.write(top + "big/f" + (10 + i), 1);
    }
    for (String file : new String[] {"closed/inside", "goes", "small/x", "small/y"}) {
      store.write(top + file, 1);
    }
    master
        .client()
        .mount(
            mount, store.uri() + "/" + name, MountOptions.DEFAULT.withProperties(store.options()));
    shell.run("fs", "load-metadata", "-R", mount).succeeds();
    before = known();
    assertThat(before).hasSize(BIG + 7).containsKeys(mount + "/goes", mount + "/big/f10");
    store.remove(top + "goes");
  }

  @AfterEach
  void allHasHappened() {
    assertThat(moments.outstanding()).isEmpty();
    shell.run("fs", "unmount", mount).succeeds();
  }

  protected final Said run(String... arguments) {
    return shell.run(arguments);
  }

  /** Id by path of all that is known, without a look at the store. */
  private Map<String, Long> known() {
    Map<String, Long> ids = new TreeMap<>();
    String all = run("--json", "fs", "ls", "-R", "--load-type", "NEVER", mount).succeeds().out();
    Matcher entry = ENTRY.matcher(all);
    while (entry.find()) {
      ids.put(entry.group(1), Long.valueOf(entry.group(2)));
    }
    return ids;
  }

  private Said compare() {
    return run("--timeout", "10s", "fs", "load-metadata", "-R", "-F", mount);
  }

  /** 7, or the code of the first failure if nothing at all was compared. */
  private static int code(Said said) {
    if (!said.out().contains(": 0 directories, ")) {
      return ExitCodes.PARTIAL.code();
    }
    Matcher failure = FAILURE.matcher(said.err());
    assertThat(failure.find()).as(said.err()).isTrue();
    return ExitCodes.of(ErrorCode.valueOf(failure.group(1))).code();
  }

  /** The load says these words; nothing is deleted, and all is still answered. */
  protected final void failsAndKeepsAll(String... words) {
    Said said = compare();
    said.refuses(code(said), words);
    assertThat(said.err()).contains("Failed: " + mount);
    assertThat(said.out()).contains("deleted 0");
    assertThat(known()).isEqualTo(before);
    run("fs", "stat", mount + "/small/x").succeeds();
    tell(said.err());
  }

  /**
   * As above, but a directory that is closed says nothing of the others: the one real deletion is
   * taken over.
   */
  protected final void failsInPart(String... words) {
    Said said = compare();
    said.refuses(7, words);
    assertThat(said.out()).contains("deleted 1, ").contains("failed 1");
    assertThat(known()).isEqualTo(left());
    tell(said.err());
  }

  private Map<String, Long> left() {
    Map<String, Long> left = new TreeMap<>(before);
    left.remove(mount + "/goes");
    return left;
  }

  /** One load leaves no difference, takes the one real deletion over, and keeps all ids. */
  protected final void mended() {
    Said said = compare().succeeds();
    assertThat(said.out()).contains("failed 0");
    assertThat(run("fs", "diff", "-R", mount).succeeds().out()).isEmpty();
    assertThat(known()).isEqualTo(left());
  }

  /** A row for `scripts/prove/sync-8`: store, failure, what the user is told. */
  private void tell(String said) {
    if (Boolean.getBoolean("cadastre.proof.failures")) {
      String scheme = store.uri().substring(0, store.uri().indexOf(':'));
      String words = top.replace("/", "").replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
      String first = said.lines().findFirst().orElse("").replace(store.uri(), "STORE");
      System.out.println("FIGURE " + scheme + "|" + words + "|" + first);
    }
  }

  @Test
  void aDirectoryThatMayNotBeListed() {
    assumeTrue(
        store.canDeny(),
        "permissions do not bind this user; BadStoreTest has a master that they do");
    store.deny(top + "closed");
    failsInPart(mount + "/closed: ", REFUSED);
    store.allow(top + "closed");
    mended();
  }

  /** Adds a directory, known too, that takes several requests to list. */
  private void many() {
    for (int i = 0; i < store.filesOfSeveralRequests(); i++) {
      store.write(top + "many/f" + (10_000 + i), 1);
    }
    run("fs", "load-metadata", "-R", mount).succeeds();
    before = known();
    assertThat(before).containsKeys(mount + "/goes", mount + "/many/f10000");
  }

  @Test
  void aListingThatFailsInTheMiddle() {
    many();
    // Gone from a part that is still read: nothing is concluded from that either.
    store.remove(top + "many/f10000");
    moments.beforePage("many", store.pageThatFails(), () -> store.breakListing(top + "many"));
    Said said = compare();
    said.refuses(code(said), "Failed: " + mount + "/many: ");
    assertThat(said.out()).contains("failed 1");
    assertThat(known()).containsAllEntriesOf(left());
    tell(said.err());
    store.mendListing(top + "many");
    before.remove(mount + "/many/f10000");
    mended();
  }

  @Test
  void theStoreIsDown() {
    assumeTrue(store.canBeDown(), "a directory of this machine is never down");
    store.down();
    try {
      failsAndKeepsAll(UNAVAILABLE);
    } finally {
      store.up();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run("fs", "load-metadata", "-R", "-F", mount).exit() == 0);
    mended();
  }

  @Test
  void theStoreGoesDownInTheMiddle() {
    assumeTrue(store.canBeDown(), "a directory of this machine is never down");
    many();
    moments.beforePage("many", store.pageThatFails(), store::down);
    try {
      failsAndKeepsAll(UNAVAILABLE);
    } finally {
      store.up();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run("fs", "load-metadata", "-R", "-F", mount).exit() == 0);
    mended();
  }

  @Test
  void theRootIsGone() {
    store.mkdirs("aside");
    store.move(top.replace("/", ""), "aside/gone");
    failsAndKeepsAll(mount + ": ");
    store.move("aside/gone", top.replace("/", ""));
    mended();
  }

  @Test
  void anEmptyRootIsInItsPlace() {
    store.mkdirs("aside");
    store.move(top.replace("/", ""), "aside/replaced");
    store.mkdirs(top.replace("/", ""));
    failsAndKeepsAll(mount + ": ", ROOT_CHANGED);
    store.remove(top.replace("/", ""));
    store.move("aside/replaced", top.replace("/", ""));
    mended();
  }

  /** Listed with its parent, gone when it is listed itself: that is a deletion, and no failure. */
  @Test
  void aDirectoryVanishesBetweenTwoListings() {
    moments.beforeList("closed", () -> store.remove(top + "closed"));
    assertThat(compare().succeeds().out()).contains("failed 0");
    assertThat(run("fs", "diff", "-R", mount).succeeds().out()).isEmpty();
    assertThat(known())
        .doesNotContainKeys(mount + "/goes", mount + "/closed", mount + "/closed/inside")
        .hasSize(BIG + 4);
  }

  /** Shown or not, as it was at some moment of the load; the next one leaves no difference. */
  @Test
  void aFileVanishesAfterItWasListed() {
    store.write(top + "big/f00", 1);
    moments.beforePage("big", 2, () -> store.remove(top + "big/f00"));
    assertThat(compare().succeeds().out()).contains("deleted 1, ").contains("failed 0");
    mended();
  }

  /** Not in its parent's listing, there again when it is looked up: not deleted. */
  @Test
  void aDirectoryIsBackBeforeItIsDeleted() {
    store.mkdirs("aside");
    store.move(top + "small", "aside/small");
    moments.beforeStatus("small", () -> store.move("aside/small", top + "small"));
    assertThat(compare().succeeds().out()).contains("failed 0").contains("deleted 1");
    mended();
  }

  /** As docs/operations.md says, command by command. */
  @Test
  void theGuardTripsAndIsResolved() {
    store.mkdirs("aside");
    store.move(top + "big", "aside/big");
    Said held = compare();
    held.refuses(7, "GUARDED", mount, "--override-guard");
    assertThat(held.out()).contains("deleted 0");
    tell(held.err());
    assertThat(known()).isEqualTo(before);
    assertThat(run("fs", "stat", mount + "/big/f10").succeeds().err()).contains("GUARDED");
    assertThat(run("fs", "mounts").succeeds().out())
        .containsPattern(" on " + mount + " \\(.*\\) .*GUARDED");

    store.move("aside/big", top + "big");
    mended();
    assertThat(run("fs", "stat", mount + "/big/f10").succeeds().err()).isEmpty();
    assertThat(run("fs", "mounts").succeeds().out()).doesNotContain("GUARDED");

    store.remove(top + "big");
    compare().refuses(7, "GUARDED");
    String[] override = {"fs", "load-metadata", "-R", "-F", "--override-guard", mount};
    run(
            "--user",
            "somebody",
            override[0],
            override[1],
            override[2],
            override[3],
            override[4],
            mount)
        .refuses(3, "super");
    assertThat(known()).hasSize(BIG + 6);
    assertThat(run(override).succeeds().out()).contains("deleted 1");
    assertThat(known()).hasSize(5);
    assertThat(run("fs", "diff", "-R", mount).succeeds().out()).isEmpty();
    assertThat(run("fs", "mounts").succeeds().out()).doesNotContain("GUARDED");
  }
}

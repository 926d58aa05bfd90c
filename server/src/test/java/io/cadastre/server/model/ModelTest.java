package io.cadastre.server.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.server.model.Invariants.Broken;
import io.cadastre.server.model.Invariants.Invariant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random operations and faults against the plain namespace; see the package. Settings: {@code
 * -Dcadastre.model.seeds}, {@code .first-seed}, {@code .operations}, {@code .at-once}. Without the
 * first one only the drawing is tested; `scripts/prove/foundation-9` runs the rest.
 */
class ModelTest {
  private static final int SEEDS = Integer.getInteger("cadastre.model.seeds", 2);
  private static final long FIRST_SEED = Long.getLong("cadastre.model.first-seed", 1);
  private static final int OPERATIONS = Integer.getInteger("cadastre.model.operations", 1_500);

  /** Runs that go on beside each other: half of a run's time is elections and other waiting. */
  private static final int AT_ONCE = Integer.getInteger("cadastre.model.at-once", 2);

  private static final long BUGS_SEED = 1;
  private static final int BUGS_OPERATIONS = 1_500;

  /** Of a bug that shows only when threads meet: within how many seeds it must be found. */
  private static final int PLANTED_SEEDS = 4;

  /** By what each is found; the package says why. Anything else would be another bug. */
  private static final Map<PlantedBug, Set<Invariant>> FINDERS =
      Map.of(
          PlantedBug.SKIPPED_APPLY,
          Set.of(Invariant.REPLICAS, Invariant.MASTERS, Invariant.ANSWERS, Invariant.LISTINGS),
          PlantedBug.NO_TERM_FENCE,
          Set.of(Invariant.LISTINGS),
          PlantedBug.LOCKS_FREED_AT_DEADLINE,
          Set.of(Invariant.LOCKS_STAY),
          PlantedBug.STALE_CACHE_ENTRY,
          Set.of(Invariant.ANSWERS, Invariant.LISTINGS, Invariant.IDS, Invariant.MASTERS));

  private static final Path FAILURES = Path.of("target", "model");

  @Test
  @EnabledIfSystemProperty(named = "cadastre.model.seeds", matches = "[0-9]+")
  void theClusterDoesWhatThePlainNamespaceDoes(@TempDir Path directory) {
    Map<Invariant, Long> checks = new ConcurrentHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<CompletableFuture<Void>> runs =
          LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
              .mapToObj(
                  seed -> CompletableFuture.runAsync(() -> run(seed, directory, checks), threads))
              .toList();
      // All of them, so that each that fails is told of.
      List<Throwable> failures =
          runs.stream()
              .map(run -> run.handle((done, failure) -> failure).join())
              .filter(Objects::nonNull)
              .toList();
      assertThat(failures).isEmpty();
    } finally {
      threads.shutdownNow();
    }
    new TreeMap<>(checks)
        .forEach(
            (invariant, count) ->
                System.out.printf(
                    "model: %,12d x %-14s %s%n", count, invariant, invariant.sentence()));
    if (OPERATIONS >= 1_500) {
      assertThat(checks).allSatisfy((invariant, count) -> assertThat(count).isPositive());
    }
  }

  private static void run(long seed, Path directory, Map<Invariant, Long> checks) {
    long start = System.nanoTime();
    Scenario scenario = Scenario.draw(seed, OPERATIONS);
    try (ModelRun run =
        new ModelRun(scenario, directory.resolve("seed-" + seed), PlantedBug.NONE)) {
      run.run(FAILURES.resolve(Long.toString(seed)));
      for (Invariant invariant : Invariant.values()) {
        checks.merge(invariant, run.invariants().checks(invariant), Long::sum);
      }
      System.out.printf(
          "model: seed %d, digest %s, %d operations in %d steps, faults %s, given up %d, %.1f s%n",
          seed,
          scenario.digest(),
          scenario.operations(),
          scenario.steps().size(),
          new TreeMap<>(run.faults()),
          run.changesGivenUp(),
          (System.nanoTime() - start) / 1e9);
    }
  }

  @Test
  void theSameSeedDrawsTheSame() {
    Scenario one = Scenario.draw(FIRST_SEED, OPERATIONS);
    Scenario other = Scenario.draw(FIRST_SEED, OPERATIONS);
    assertThat(one.steps()).isEqualTo(other.steps());
    assertThat(one.faults()).isEqualTo(other.faults());
    assertThat(one.digest()).isEqualTo(other.digest());
    assertThat(Scenario.draw(FIRST_SEED + 1, OPERATIONS).digest()).isNotEqualTo(one.digest());
  }

  @ParameterizedTest
  @EnabledIfSystemProperty(named = "cadastre.model.seeds", matches = "[0-9]+")
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedBugIsFound(PlantedBug bug, @TempDir Path directory) {
    Throwable found = null;
    for (long seed = BUGS_SEED; found == null && seed < BUGS_SEED + PLANTED_SEEDS; seed++) {
      Scenario scenario = Scenario.draw(seed, BUGS_OPERATIONS);
      try (ModelRun run = new ModelRun(scenario, directory.resolve("seed-" + seed), bug)) {
        found = catchThrowable(() -> run.run(directory.resolve("failure")));
      }
    }
    assertThat(found).as("%s, %s seeds", bug, PLANTED_SEEDS).hasCauseInstanceOf(Broken.class);
    Invariant broken = ((Broken) found.getCause()).invariant();
    System.out.printf("model: %s is found: %s%n", bug, broken);
    assertThat(FINDERS.get(bug)).contains(broken);
    assertThat(directory.resolve("failure/history.txt")).exists();
  }
}

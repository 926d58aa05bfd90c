package io.cadastre.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may import whom, over all modules (core's inner rules are in its own ArchitectureTest). A
 * change here says that the architecture moved; the shape is described in ARCHITECTURE.md.
 */
@AnalyzeClasses(packages = "io.cadastre", importOptions = ImportOption.DoNotIncludeTests.class)
class ImportRulesTest {
  /** From top to bottom: a package sees what is beside and below it, never what is above. */
  private static final List<List<String>> SERVER_LAYERS =
      List.of(
          List.of("bootstrap"),
          List.of("rpc", "http"),
          List.of("namespace", "crosscluster"),
          List.of("sync"),
          List.of("transaction"),
          List.of("lock", "cache", "mount"));

  private static final List<List<String>> JOURNAL_LAYERS =
      List.of(
          List.of("raft"),
          List.of("snapshot", "backup"),
          List.of("apply"),
          List.of("record", "store"));

  private static DescribedPredicate<JavaClass> in(String... packages) {
    return resideInAnyPackage(packages);
  }

  private static DescribedPredicate<JavaClass> ours() {
    return resideInAPackage("io.cadastre..");
  }

  /** Our classes outside these packages do not import any of `foreign`. */
  private static ArchRule onlyIn(List<String> owners, String... foreign) {
    return noClasses()
        .that(ours().and(DescribedPredicate.not(in(owners.toArray(String[]::new)))))
        .should()
        .dependOnClassesThat(in(foreign))
        .allowEmptyShould(true);
  }

  /** Classes of this package import nothing of ours but these packages. */
  private static ArchRule seesOnly(String owner, String... allowed) {
    List<String> all = new ArrayList<>(List.of(allowed));
    all.add(owner);
    return noClasses()
        .that(resideInAPackage(owner))
        .should()
        .dependOnClassesThat(ours().and(DescribedPredicate.not(in(all.toArray(String[]::new)))))
        .allowEmptyShould(true);
  }

  private static void checkLayers(JavaClasses classes, String parent, List<List<String>> layers) {
    List<String> above = new ArrayList<>();
    for (List<String> layer : layers) {
      for (String name : layer) {
        if (!above.isEmpty()) {
          noClasses()
              .that(resideInAPackage(parent + "." + name + ".."))
              .should()
              .dependOnClassesThat(in(above.toArray(String[]::new)))
              .allowEmptyShould(true)
              .check(classes);
        }
      }
      layer.forEach(name -> above.add(parent + "." + name + ".."));
    }
  }

  // Modules.

  @ArchTest static final ArchRule CORE = seesOnly("io.cadastre.core..");

  @ArchTest static final ArchRule JOURNAL = seesOnly("io.cadastre.journal..", "io.cadastre.core..");

  @ArchTest static final ArchRule UFS = seesOnly("io.cadastre.ufs..", "io.cadastre.core..");

  @ArchTest static final ArchRule CLIENT = seesOnly("io.cadastre.client..", "io.cadastre.core..");

  @ArchTest
  static final ArchRule CLI =
      seesOnly(
          "io.cadastre.cli..",
          "io.cadastre.core..",
          "io.cadastre.client..",
          "io.cadastre.journal..");

  @ArchTest
  static final ArchRule SERVER =
      seesOnly(
          "io.cadastre.server..",
          "io.cadastre.core..",
          "io.cadastre.journal..",
          "io.cadastre.ufs.spi..",
          "io.cadastre.ufs.decorate..",
          "io.cadastre.ufs.plugin..");

  /** Only the wiring knows that some stores are loaded from elsewhere. */
  @ArchTest
  static final ArchRule PLUGINS =
      onlyIn(
          List.of("io.cadastre.server.bootstrap..", "io.cadastre.ufs.plugin.."),
          "io.cadastre.ufs.plugin..");

  @ArchTest
  static final ArchRule UFS_PLUGIN =
      seesOnly(
          "io.cadastre.ufs.plugin..",
          "io.cadastre.ufs.spi..",
          "io.cadastre.ufs.decorate..",
          "io.cadastre.core.error..");

  /** Stores are found by ServiceLoader and know nothing of each other. */
  @ArchTest static final ArchRule UFS_SPI = seesOnly("io.cadastre.ufs.spi..", "io.cadastre.core..");

  @ArchTest
  static void eachStoreSeesOnlyTheSpi(JavaClasses classes) {
    for (String store : List.of("local", "s3", "hdfs", "testing", "decorate")) {
      seesOnly("io.cadastre.ufs." + store + "..", "io.cadastre.ufs.spi..", "io.cadastre.core..")
          .check(classes);
    }
  }

  // Packages within a module.

  @ArchTest
  static void serverPackagesSeeOnlyWhatIsBelow(JavaClasses classes) {
    checkLayers(classes, "io.cadastre.server", SERVER_LAYERS);
  }

  @ArchTest
  static void journalPackagesSeeOnlyWhatIsBelow(JavaClasses classes) {
    checkLayers(classes, "io.cadastre.journal", JOURNAL_LAYERS);
  }

  @ArchTest
  static final ArchRule NOBODY_IMPORTS_BOOTSTRAP =
      onlyIn(List.of("io.cadastre.server.bootstrap.."), "io.cadastre.server.bootstrap..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.cadastre.(*).(*)..").should().beFreeOfCycles();

  // Libraries.

  @ArchTest
  static final ArchRule AWS = onlyIn(List.of("io.cadastre.ufs.s3.."), "software.amazon..");

  @ArchTest
  static final ArchRule RATIS = onlyIn(List.of("io.cadastre.journal.raft.."), "org.apache.ratis..");

  @ArchTest
  static final ArchRule ROCKSDB = onlyIn(List.of("io.cadastre.journal.store.."), "org.rocksdb..");

  @ArchTest
  static final ArchRule GRPC =
      onlyIn(
          List.of("io.cadastre.core.api..", "io.cadastre.client..", "io.cadastre.server.rpc.."),
          "io.grpc..");

  @ArchTest static final ArchRule S3 = onlyIn(List.of("io.cadastre.ufs.s3.."), "software.amazon..");

  @ArchTest
  static final ArchRule HDFS = onlyIn(List.of("io.cadastre.ufs.hdfs.."), "org.apache.hadoop..");

  /** Generated code is exempt. */
  @ArchTest
  static final ArchRule NO_GUAVA = onlyIn(List.of("..proto.."), "com.google.common..", "lombok..");

  /** The rules say nothing if there is nothing to look at. */
  @ArchTest
  static void allModulesAreLookedAt(JavaClasses classes) {
    for (String module : List.of("core", "journal", "ufs", "client", "server")) {
      assertThat(classes.stream().filter(resideInAPackage("io.cadastre." + module + "..")))
          .as(module)
          .isNotEmpty();
    }
  }
}

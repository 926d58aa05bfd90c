package io.cadastre.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import what inside this module. A change here says that the architecture moved. */
@AnalyzeClasses(packages = "io.cadastre.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static ArchRule onlyImports(String owner, String... allowed) {
    String[] all = new String[allowed.length + 2];
    all[0] = "java..";
    all[1] = owner;
    System.arraycopy(allowed, 0, all, 2, allowed.length);
    return classes()
        .that(resideInAPackage(owner).and(not(resideInAPackage("..proto.."))))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(all))
        .allowEmptyShould(true);
  }

  @ArchTest static final ArchRule ERROR = onlyImports("io.cadastre.core.error");

  @ArchTest
  static final ArchRule PATH = onlyImports("io.cadastre.core.path", "io.cadastre.core.error");

  @ArchTest static final ArchRule TIME = onlyImports("io.cadastre.core.time");

  @ArchTest
  static final ArchRule CONFIG = onlyImports("io.cadastre.core.config", "io.cadastre.core.error");

  @ArchTest
  static final ArchRule METRICS = onlyImports("io.cadastre.core.metrics", "com.codahale.metrics..");

  @ArchTest
  static final ArchRule INODE =
      onlyImports(
          "io.cadastre.core.inode",
          "io.cadastre.core.inode.proto",
          "io.cadastre.core.error",
          "io.cadastre.core.path",
          "com.google.protobuf..");

  @ArchTest
  static final ArchRule MOUNT =
      onlyImports(
          "io.cadastre.core.mount",
          "io.cadastre.core.error",
          "io.cadastre.core.path",
          "io.cadastre.core.inode");

  @ArchTest
  static final ArchRule GRPC_ONLY_IN_API =
      noClasses()
          .that(not(resideInAPackage("io.cadastre.core.api..")))
          .should()
          .dependOnClassesThat(resideInAPackage("io.grpc.."));

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.cadastre.core.(*)..").should().beFreeOfCycles();
}

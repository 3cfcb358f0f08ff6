package org.pointsman.assigner.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;

/** The same log leads to the same decisions, because nothing else can get in. */
@AnalyzeClasses(
    packages = "org.pointsman.assigner.engine",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class EngineArchitectureTest {

  @ArchTest
  static final ArchRule theEngineKnowsOnlyTheModel =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java.lang..",
                  "java.time..",
                  "java.util..",
                  "org.jspecify..",
                  "org.pointsman.model",
                  "org.pointsman.assigner.engine"));

  @ArchTest
  static final ArchRule theEngineHasNoThreadsAndNoLog =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.util.concurrent..")
                  .or(resideInAPackage("java.util.logging.."))
                  .or(type(Thread.class))
                  .or(type(ThreadLocal.class)));

  @ArchTest
  static final ArchRule theEngineAsksNoClock =
      noClasses()
          .should()
          .dependOnClassesThat(type(Clock.class))
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .dependOnClassesThat(type(System.class));

  @ArchTest
  static final ArchRule theEngineAsksNoChance =
      noClasses()
          .should()
          .dependOnClassesThat(
              type(Random.class)
                  .or(type(SplittableRandom.class))
                  .or(type(UUID.class))
                  .or(resideInAPackage("java.util.random..")))
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(Object.class, "hashCode");

  /** Math may round its functions otherwise on another machine. */
  @ArchTest
  static final ArchRule logarithmsAreStrict =
      noClasses()
          .should()
          .callMethodWhere(
              AccessTarget.Predicates.declaredIn(Math.class)
                  .and(nameMatching("log.*|exp.*|pow|sqrt|cbrt|sin.*|cos.*|tan.*"))
                  .onResultOf(access -> access.getTarget()));

  @ArchTest
  static final ArchRule nothingIsKeptOutsideAState = fields().that().areStatic().should().beFinal();
}

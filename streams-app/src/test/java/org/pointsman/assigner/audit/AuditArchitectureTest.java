package org.pointsman.assigner.audit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The audit is arithmetic over records; its commands read and change nothing. */
@AnalyzeClasses(
    packages = "org.pointsman.assigner",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class AuditArchitectureTest {
  private static final String AUDIT = "org.pointsman.assigner.audit";

  @ArchTest
  static final ArchRule theAuditKnowsOnlyTheModelAndTheEngine =
      classes()
          .that()
          .resideInAPackage(AUDIT)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java.lang..",
                  "java.time..",
                  "java.util..",
                  "org.jspecify..",
                  "org.pointsman.model",
                  "org.pointsman.assigner.engine",
                  AUDIT));

  @ArchTest
  static final ArchRule theAuditAsksNoClock =
      noClasses()
          .that()
          .resideInAPackage(AUDIT)
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.type(Clock.class))
          .orShould()
          .callMethod(Instant.class, "now");

  @ArchTest
  static final ArchRule itsCommandsWriteToNoTopic =
      noClasses()
          .that()
          .resideInAPackage(AUDIT + "..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.apache.kafka.clients.producer..", "org.apache.kafka.streams.."));

  @ArchTest
  static final ArchRule nobodyDecidesByTheAudit =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.pointsman.assigner.engine..", "org.pointsman.assigner.topology..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(AUDIT + ".."));
}

package org.pointsman.lab;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.pointsman.lab",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      ImportOption.DoNotIncludePackageInfos.class
    })
final class LabArchitectureTest {
  private static final String LAB = "org.pointsman.lab..";

  @ArchTest
  static final ArchRule onlyTheCommandIsPublic =
      classes()
          .that()
          .resideInAPackage(LAB)
          .and(not(belongToAnyOf(PointsmanMain.class, LabCommand.class)))
          .should()
          .notBePublic();

  /** It goes by what programs offer to everybody, not by their insides. */
  @ArchTest
  static final ArchRule theLabKnowsNoInsides =
      noClasses()
          .that()
          .resideInAPackage(LAB)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.pointsman.avro..",
                  "org.pointsman.assigner.engine..",
                  "org.pointsman.assigner.topology..",
                  "org.pointsman.director.packet..",
                  "org.pointsman.director.table..",
                  "org.pointsman.quickstart.demo.."));

  /** Who is where, and when what happened, can be tested without root. */
  @ArchTest
  static final ArchRule thePlanDoesNothing =
      noClasses()
          .that(belongToAnyOf(LabPlan.class, Moves.class))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.io..",
                  "java.net..",
                  "java.nio..",
                  "org.apache..",
                  "org.pointsman.assigner..",
                  "org.pointsman.cli..",
                  "org.pointsman.director..",
                  "org.pointsman.nms..",
                  "org.pointsman.quickstart.."));

  @ArchTest
  static final ArchRule otherProgramsAreRunInFewPlaces =
      noClasses()
          .that()
          .resideInAPackage(LAB)
          .and(not(belongToAnyOf(Commands.class, Charon.class, Traffic.class, Wire.class)))
          .should()
          .dependOnClassesThat(belongToAnyOf(ProcessBuilder.class));

  @ArchTest
  static final ArchRule nobodyPrintsPastTheTerminal =
      noClasses()
          .that()
          .resideInAPackage(LAB)
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}

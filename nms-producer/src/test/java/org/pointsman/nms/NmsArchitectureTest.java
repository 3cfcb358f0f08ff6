package org.pointsman.nms;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.pointsman.nms.cli.ClusterCommand;
import org.pointsman.nms.cli.ProbeCommand;
import org.pointsman.nms.cli.RebalancePlanner;
import org.pointsman.nms.cli.ServerCommand;
import org.pointsman.nms.cli.StrongswanCommand;
import org.pointsman.nms.cli.TunnelCommand;

@AnalyzeClasses(
    packages = "org.pointsman.nms",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class NmsArchitectureTest {
  private static final String ROOT = "org.pointsman.nms";

  @ArchTest
  static final ArchRule inventoriesKnowFilesAndTheModelOnly =
      classes()
          .that()
          .resideInAPackage(ROOT + ".inventory")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "org.jspecify..",
                  "de.siegmar.fastcsv..",
                  "org.pointsman.model",
                  ROOT + ".inventory"));

  @ArchTest
  static final ArchRule viciKnowsTheModelOnly =
      classes()
          .that()
          .resideInAPackage(ROOT + ".strongswan.vici")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..", "org.jspecify..", "org.pointsman.model", ROOT + ".strongswan.vici"));

  @ArchTest
  static final ArchRule theClientKnowsNoTerminal =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT,
              ROOT + ".outcome",
              ROOT + ".inventory",
              ROOT + ".follow",
              ROOT + ".strongswan..",
              ROOT + ".probe")
          .and()
          .doNotBelongToAnyOf(NmsMain.class)
          .should()
          .dependOnClassesThat(resideInAnyPackage("picocli..", "me.tongfei..", ROOT + ".cli"));

  @ArchTest
  static final ArchRule onlyTheCommandsThatOthersTakeArePublic =
      classes()
          .that()
          .resideInAPackage(ROOT + ".cli")
          .and()
          .doNotBelongToAnyOf(
              TunnelCommand.class,
              ServerCommand.class,
              ClusterCommand.class,
              ProbeCommand.class,
              RebalancePlanner.class,
              StrongswanCommand.class)
          .should()
          .notBePublic();

  @ArchTest
  static final ArchRule nobodyPrintsPastTheTerminal =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule theOtherModulesAreNotThere =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.pointsman.assigner..",
                  "org.pointsman.director..",
                  "org.pointsman.quickstart..",
                  "org.pointsman.avro.."));

  /** NmsMain is where everything meets, so it may know the commands that know its package. */
  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("org.pointsman.(**)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(equivalentTo(NmsMain.class), alwaysTrue());
}

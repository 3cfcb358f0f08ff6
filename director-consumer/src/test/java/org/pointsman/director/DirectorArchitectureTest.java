package org.pointsman.director;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.pointsman.director",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class DirectorArchitectureTest {
  private static final String ROOT = "org.pointsman.director";

  @ArchTest
  static final ArchRule theTableIsPure =
      classes()
          .that()
          .resideInAPackage(ROOT + ".table")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..", "org.jspecify..", "org.pointsman.model", ROOT + ".table"));

  @ArchTest
  static final ArchRule packetsArePure =
      classes()
          .that()
          .resideInAPackage(ROOT + ".packet")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "org.jspecify..",
                  "org.pointsman.model",
                  ROOT + ".table",
                  ROOT + ".packet"));

  @ArchTest
  static final ArchRule theTableDoesNotKnowPackets =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".table")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".packet");

  @ArchTest
  static final ArchRule pureCodeAsksNoClockOnTheWall =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".table", ROOT + ".packet")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat(
              resideInAnyPackage("java.net..", "java.nio.file..", "java.util.logging.."));

  @ArchTest
  static final ArchRule dataPlanesDoNotKnowKafka =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".dataplane..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.apache.kafka..",
                  "org.pointsman.codec..",
                  "org.pointsman.registry..",
                  "org.pointsman.topics..",
                  ROOT + ".feed.."));

  @ArchTest
  static final ArchRule snapshotsKnowNeitherPlanesNorClients =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".snapshot..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.apache.kafka.clients..",
                  ROOT + ".dataplane..",
                  ROOT + ".feed..",
                  ROOT + ".packet.."));

  @ArchTest
  static final ArchRule dataPlanesDoNotKnowEachOther =
      slices().matching(ROOT + ".dataplane.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule theFeedDoesNotKnowPcap4j =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".feed..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.pcap4j..", ROOT + ".dataplane.pcap..", ROOT + ".steer.."));

  @ArchTest
  static final ArchRule onlyThePcapPlaneAndTheOfflineCommandKnowPcap4j =
      noClasses()
          .that(
              resideInAPackage(ROOT + "..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(ROOT + ".dataplane.pcap..", ROOT + ".steer.."))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.pcap4j..", "com.sun.jna.."));

  @ArchTest
  static final ArchRule neighboursKnowNoParticularPlaneNorKafka =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".neighbour..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.apache.kafka..",
                  "org.pcap4j..",
                  ROOT + ".feed..",
                  ROOT + ".packet..",
                  ROOT + ".dataplane.*.."));

  @ArchTest
  static final ArchRule planesTakeTheirServersAddressesAsTheyAreTold =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".dataplane..")
          .should()
          .dependOnClassesThat(resideInAPackage(ROOT + ".neighbour.."));

  @ArchTest
  static final ArchRule whatOnlyLooksDoesNotSteer =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".inspect..", ROOT + ".host..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(ROOT + ".feed..", ROOT + ".neighbour..", "org.pcap4j.."));

  @ArchTest
  static final ArchRule theXdpPlaneKnowsNoOtherPlane =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".dataplane.xdp..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(ROOT + ".dataplane.pcap..", ROOT + ".dataplane.memory.."));

  @ArchTest
  static final ArchRule nobodyKnowsGeneratedAvroClasses =
      noClasses().should().dependOnClassesThat(resideInAPackage("org.pointsman.avro.."));

  @ArchTest
  static final ArchRule noCycles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}

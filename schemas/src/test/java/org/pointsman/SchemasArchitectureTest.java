package org.pointsman;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.pointsman",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class SchemasArchitectureTest {
  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("org.pointsman.model")
          .layer("registry")
          .definedBy("org.pointsman.registry")
          .layer("avro")
          .definedBy("org.pointsman.avro")
          .layer("codec")
          .definedBy("org.pointsman.codec")
          .layer("topics")
          .definedBy("org.pointsman.topics")
          .layer("cli")
          .definedBy("org.pointsman.cli")
          .layer("agreement")
          .definedBy("org.pointsman.agreement")
          .whereLayer("agreement")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("agreement")
          .whereLayer("topics")
          .mayOnlyBeAccessedByLayers("cli", "agreement")
          .whereLayer("codec")
          .mayOnlyBeAccessedByLayers("topics", "cli", "agreement")
          .whereLayer("avro")
          .mayOnlyBeAccessedByLayers("codec")
          .whereLayer("registry")
          .mayOnlyBeAccessedByLayers("codec", "topics", "cli")
          .because("each layer knows only those below, and Avro's classes stop at the codec");

  @ArchTest
  static final ArchRule THE_MODEL_IS_PLAIN_JAVA =
      noClasses()
          .that()
          .resideInAPackage("org.pointsman.model")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("org.pointsman.model", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.pointsman.(*)..").should().beFreeOfCycles();
}

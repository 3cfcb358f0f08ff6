package org.pointsman.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark can be started by its name and is written up; none is run here. */
final class BenchmarksTest {
  private static final Path SOURCES = Path.of("src/main/java/org/pointsman/bench");

  static List<String> benchmarks() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Benchmark.java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void hasAMainMethod(String benchmark) throws ReflectiveOperationException {
    Class<?> type = Class.forName("org.pointsman.bench." + benchmark);
    assertThat(type.getMethod("main", String[].class).getModifiers()).matches(Modifier::isStatic);
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void isInTheReadme(String benchmark) throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains("bench/run " + name(benchmark));
  }

  @Test
  void theScriptListsThemAllWithASentence() throws IOException, InterruptedException {
    Process script = new ProcessBuilder("sh", "run").redirectErrorStream(true).start();
    List<String> lines = script.inputReader().lines().toList();
    assertThat(script.waitFor()).isZero();
    assertThat(lines).hasSameSizeAs(benchmarks());
    for (String benchmark : benchmarks()) {
      assertThat(lines).anyMatch(line -> line.matches(name(benchmark) + " +\\p{Lu}.*\\."));
    }
  }

  private static String name(String benchmark) {
    return benchmark
        .replaceFirst("Benchmark$", "")
        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }
}

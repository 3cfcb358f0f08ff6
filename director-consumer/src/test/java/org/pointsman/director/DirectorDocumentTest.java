package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.director.steer.SteerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/director.md says what is so. */
final class DirectorDocumentTest {
  private static final Pattern OPTION_ROW =
      Pattern.compile("^\\| `(--[a-z-]+)` \\| ([^|]*) \\|", Pattern.MULTILINE);
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w*(?:Test|Properties|Simulation|Contract|IT))(?:\\.(\\w+))?`");

  private static String page = "";

  @BeforeAll
  static void readPage() throws IOException {
    page = Files.readString(Path.of("..", "docs", "director.md"));
  }

  private static String between(String from, String to) {
    int start = page.indexOf(from);
    int end = page.indexOf(to, start);
    assertThat(start).as(from).isNotNegative();
    assertThat(end).as(to).isGreaterThan(start);
    return page.substring(start, end);
  }

  /** Option → default, as a table of the page has it. */
  private static Map<String, String> told(String section) {
    return OPTION_ROW
        .matcher(section)
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
  }

  private static Map<String, String> real(Object command) {
    List<String> ofConnection =
        names(CommandLine.Model.CommandSpec.forAnnotatedObject(new ConnectionOptions())).toList();
    Map<String, String> options = new TreeMap<>();
    for (OptionSpec option : new CommandLine(command).getCommandSpec().options()) {
      if (!option.usageHelp() && !ofConnection.contains(option.longestName())) {
        options.put(
            option.longestName(), option.defaultValue() == null ? "" : option.defaultValue());
      }
    }
    return options;
  }

  private static Stream<String> names(CommandLine.Model.CommandSpec spec) {
    return spec.options().stream().flatMap(option -> Arrays.stream(option.names()));
  }

  private static void check(Map<String, String> told, Map<String, String> real) {
    assertThat(told).containsOnlyKeys(real.keySet());
    real.forEach(
        (option, value) -> {
          if (!value.isEmpty()) {
            assertThat(told.get(option)).as(option).isEqualTo("`" + value + "`");
          }
        });
  }

  @Test
  void theOptionsAreThoseOfTheCommands() {
    check(
        told(between("`pointsman director`;", "`pointsman steer` steers")),
        real(new DirectorCommand()));
    check(told(between("`pointsman steer` steers", "## What it says")), real(new SteerCommand()));
  }

  @Test
  void theTestsThatKeepTheGuaranteesAreThere() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
      }
    }
    List<MatchResult> tests =
        TEST.matcher(page.substring(page.indexOf("## Guarantees"))).results().toList();
    assertThat(tests).hasSizeGreaterThan(20);
    for (MatchResult test : tests) {
      assertThat(sources).containsKey(test.group(1));
      if (test.group(2) != null) {
        assertThat(sources.get(test.group(1))).contains("void " + test.group(2) + "(");
      }
    }
  }
}

package org.pointsman.bench;

import java.util.regex.Pattern;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Starts JMH on one class. */
final class Jmh {
  private Jmh() {}

  /**
   * Measures all benchmark methods of the class.
   *
   * @param arguments JMH's own options, which override the annotations: {@code -p NAME=VALUE} for a
   *     parameter, {@code -i 3} for fewer iterations, {@code -prof gc}
   */
  static void run(Class<?> benchmark, String... arguments)
      throws RunnerException, CommandLineOptionException {
    new Runner(
            new OptionsBuilder()
                .parent(new CommandLineOptions(arguments))
                .include("^" + Pattern.quote(benchmark.getName()) + "\\.")
                .addProfiler(ProcessorTime.class)
                .build())
        .run();
  }
}

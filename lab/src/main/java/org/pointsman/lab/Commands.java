package org.pointsman.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pointsman.cli.CliException;

/** Runs other programs to their end. */
final class Commands {
  private static final long MOST_SECONDS = 120;

  private Commands() {}

  /** An exit code, and standard output and error together. */
  record Result(int exitCode, String output) {}

  /** Runs it; an exit code other than 0 is the caller's to judge. */
  static Result tryToRun(List<String> words) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Result(-1, "it did not end");
      }
      return new Result(process.exitValue(), output);
    } catch (IOException missing) {
      throw new CliException(
          "expected to run %s but %s; install it"
              .formatted(words.getFirst(), missing.getMessage()));
    }
  }

  /**
   * Runs it.
   *
   * @throws CliException if its exit code is not 0
   */
  static String run(List<String> words) throws InterruptedException {
    Result result = tryToRun(words);
    if (result.exitCode() != 0) {
      throw new CliException(
          "expected '%s' to succeed but: %s"
              .formatted(String.join(" ", words), result.output().strip()));
    }
    return result.output();
  }

  static String run(String... words) throws InterruptedException {
    return run(List.of(words));
  }
}

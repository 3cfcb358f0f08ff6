package org.pointsman.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Runs a command: options become values, failures become one sentence on standard error and an exit
 * code.
 */
public final class Cli {
  public static final int OK = 0;

  /** The command could not do what it was asked to. */
  public static final int FAILED = 1;

  /** The command line is not right. */
  public static final int USAGE = 2;

  private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Cli() {}

  /** A command line for {@code command} that knows Pointsman's values. */
  public static CommandLine commandLine(Object command) {
    return configure(new CommandLine(command));
  }

  /** Teaches a command line Pointsman's values and errors. */
  public static CommandLine configure(CommandLine commandLine) {
    register(commandLine, ClusterId.class, ClusterId::new);
    register(commandLine, TunnelId.class, TunnelId::new);
    register(commandLine, ServerId.class, ServerId::new);
    register(commandLine, IpAddress.class, IpAddress::parse);
    register(commandLine, IpPrefix.class, IpPrefix::parse);
    register(commandLine, MacAddress.class, MacAddress::parse);
    register(commandLine, Duration.class, Cli::duration);
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(
            (failure, line, _) -> {
              line.getErr().println(line.getColorScheme().errorText(sentence(failure)));
              LoggerFactory.getLogger(Cli.class).debug("because of", failure);
              return exitCode(failure);
            });
  }

  /** Adds the hidden command that prints a completion script for bash and zsh. */
  public static CommandLine withCompletion(CommandLine commandLine) {
    CommandLine completion = new CommandLine(new GenerateCompletion());
    commandLine.addSubcommand("completion", completion);
    return commandLine;
  }

  /** Runs it and ends the JVM. */
  public static void main(CommandLine commandLine, String[] arguments) {
    commandLine.setOut(writer(System.out)).setErr(writer(System.err));
    System.exit(commandLine.execute(arguments));
  }

  /**
   * Writes as the terminal does; and where the environment names no encoding, as in a container, in
   * UTF-8 rather than in ASCII.
   */
  private static PrintWriter writer(PrintStream stream) {
    Charset charset = stream.charset();
    return new PrintWriter(
        stream, true, charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset);
  }

  private static <T> void register(
      CommandLine commandLine, Class<T> type, ITypeConverter<T> converter) {
    commandLine.registerConverter(
        type,
        text -> {
          try {
            return converter.convert(text);
          } catch (InvalidValueException invalid) {
            throw new TypeConversionException(invalid.getMessage());
          }
        });
  }

  /**
   * Reads {@code 90s}, {@code 5m}, {@code 250ms}, or ISO 8601's {@code PT5M}.
   *
   * @throws InvalidValueException if it is none of these
   */
  public static Duration duration(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    Matcher matcher = SHORT_DURATION.matcher(lower);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException notIso) {
      throw (InvalidValueException)
          new InvalidValueException(
                  "expected a duration such as 90s, 5m, 2h or PT5M but got '%s'".formatted(text))
              .initCause(notIso);
    }
  }

  private static int exitCode(Exception failure) {
    return switch (failure) {
      case CliException known -> known.exitCode();
      case InvalidValueException _ -> USAGE;
      default -> FAILED;
    };
  }

  private static String sentence(Exception failure) {
    return switch (failure) {
      case CliException known -> String.valueOf(known.getMessage());
      case InvalidValueException known -> String.valueOf(known.getMessage());
      case TimeoutException timeout ->
          "expected an answer from Kafka but none came in time (%s); check that the broker runs and that --bootstrap-servers names it"
              .formatted(timeout.getMessage());
      case KafkaException kafka when kafka.getCause() != null && kafka.getMessage() != null ->
          kafka.getMessage() + ": " + kafka.getCause().getMessage();
      case KafkaException kafka when kafka.getMessage() == null || kafka.getMessage().isBlank() ->
          "expected Kafka to do what was asked but it answered " + kafka.getClass().getSimpleName();
      case KafkaException kafka -> String.valueOf(kafka.getMessage());
      default ->
          "expected no such failure: %s; please report it, with the output of the same command under POINTSMAN_LOG=debug"
              .formatted(failure);
    };
  }

  /** Waits until the JVM is asked to end, then runs {@code close}. */
  public static void awaitEnd(AutoCloseable close) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              try {
                close.close();
              } catch (Exception failure) {
                LoggerFactory.getLogger(Cli.class).warn("while ending", failure);
              } finally {
                ended.countDown();
              }
            },
            "end");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      ended.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

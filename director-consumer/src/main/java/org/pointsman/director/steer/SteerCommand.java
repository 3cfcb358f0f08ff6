package org.pointsman.director.steer;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Steers a capture file by the table as it stands now. */
@Command(
    name = "steer",
    description =
        "Steer a capture file as a director would now: write one capture for each real server, and one each of the packets passed and missed.",
    abbreviateSynopsis = true,
    requiredOptionMarker = '*',
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the whole capture was steered, whatever became of its packets",
      "1:it could not be read or written whole, or there is no table; the message says which",
      "2:the command line is not right"
    })
public final class SteerCommand implements Callable<Integer> {
  private static final int BAD_SHOWN = 10;

  /** Where the records come from. */
  interface Source {
    /** Reads the cluster's records in the order of the log; {@code bad} hears of the others. */
    List<EntityChange> read(ClusterId cluster, Consumer<String> bad);
  }

  @Option(
      names = "--side",
      required = true,
      paramLabel = "SIDE",
      description =
          "outer (encrypted packets from the peers) or inner (clear packets from the target subnets).")
  private Side side = Side.OUTER;

  @Option(
      names = "--capture",
      required = true,
      paramLabel = "FILE",
      description = "The packets: pcap or pcapng.")
  private Path capture = Path.of("");

  @Option(
      names = "--out-dir",
      required = true,
      paramLabel = "DIR",
      description =
          "Where to write SERVER.pcap, passed.pcap and missed.pcap. Made if need be; files of these names are replaced.")
  private Path directory = Path.of("");

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Whose tunnels. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = new ClusterId("default");

  @Option(
      names = "--vip",
      paramLabel = "ADDRESS",
      split = ",",
      hideParamSyntax = true,
      description =
          "Virtual addresses besides those of the cluster's settings; several by commas or options.")
  private List<IpAddress> virtualAddresses = List.of();

  @Option(
      names = "--local-address",
      paramLabel = "ADDRESS",
      split = ",",
      hideParamSyntax = true,
      description =
          "The addresses of the director, which an inner one leaves to the kernel. Default: none.")
  private List<IpAddress> localAddresses = List.of();

  @Option(
      names = "--director-mac",
      paramLabel = "MAC",
      description =
          "The Ethernet address of the frames to steer. Default: any that is no broadcast or multicast.")
  private @Nullable MacAddress directorMac;

  @Mixin private final ConnectionOptions connectionOptions = new ConnectionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Spec private @Nullable CommandSpec spec;

  private final Source source;
  private String topic = "the assignments topic";

  /** With the table of the deployment that the options name. */
  public SteerCommand() {
    source = this::fromTopic;
  }

  /** With a table from elsewhere. */
  SteerCommand(Source source) {
    this.source = source;
  }

  @Override
  public Integer call() {
    checkPaths();
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    BadRecords bad = new BadRecords(terminal.getErr());
    List<EntityChange> changes = source.read(cluster, bad);
    bad.end();
    try (LoadedTable table = table(changes)) {
      CaptureReport report = new CaptureSteerer(table.view()).steer(capture, directory);
      PrintWriter out = terminal.getOut();
      out.println(header(table));
      out.print(report.toText());
      out.flush();
      return report.problem().isEmpty() ? Cli.OK : Cli.FAILED;
    } catch (CaptureException | PcapPlaneException refused) {
      throw new CliException(String.valueOf(refused.getMessage()));
    }
  }

  /** What would be noticed only after the whole table has been read. */
  private void checkPaths() {
    if (!Files.isReadable(capture) || Files.isDirectory(capture)) {
      throw new CliException(
          "expected a capture file for --capture but %s is none that can be read; check its name and its rights"
              .formatted(capture));
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new CliException(
          "expected a directory for --out-dir but %s is a file; name another".formatted(directory));
    }
  }

  private List<EntityChange> fromTopic(ClusterId cluster, Consumer<String> bad) {
    Connection connection = connectionOptions.connection();
    topic = connection.topics().assignments();
    AssignmentsReader records = new AssignmentsReader(topic, bad);
    try (RecordDeserializer values = connection.deserializer()) {
      connection.reader(values).read(topic, cluster, records::take, records::takeBad);
    }
    return records.changes();
  }

  private LoadedTable table(List<EntityChange> changes) {
    LoadedTable table =
        new LoadedTable(cluster, side, changes, virtualAddresses, localAddresses, directorMac);
    if (table.tunnels() == 0) {
      table.close();
      throw new CliException(
          "expected tunnels of cluster %s but %s holds none; announce some, or name another --cluster"
              .formatted(cluster, topic));
    }
    if (side == Side.OUTER && allVirtualAddresses(table).isEmpty()) {
      table.close();
      throw new CliException(
          "expected a virtual address but cluster %s has none in its settings, so that no packet is for it; give --vip"
              .formatted(cluster));
    }
    return table;
  }

  private List<IpAddress> allVirtualAddresses(LoadedTable table) {
    return Stream.concat(table.virtualAddresses().stream(), virtualAddresses.stream())
        .distinct()
        .sorted()
        .toList();
  }

  private String header(LoadedTable table) {
    String about =
        "cluster %s, %s side: %,d tunnels, %,d of them pending, %,d servers"
            .formatted(
                cluster,
                side.name().toLowerCase(Locale.ROOT),
                table.tunnels(),
                table.pending(),
                table.servers());
    return side == Side.INNER
        ? about
        : about
            + ", virtual addresses "
            + allVirtualAddresses(table).stream()
                .map(IpAddress::toString)
                .collect(Collectors.joining(", "));
  }

  /** Tells of the first, and in the end of how many. */
  private static final class BadRecords implements Consumer<String> {
    private final PrintWriter err;
    private int count;

    BadRecords(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void accept(String sentence) {
      count++;
      if (count <= BAD_SHOWN) {
        err.println("skipped " + sentence);
      }
    }

    void end() {
      if (count > BAD_SHOWN) {
        err.println("skipped %,d records in all that cannot be read".formatted(count));
      }
      err.flush();
    }
  }
}

package org.pointsman.director;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.nftables.NftablesException;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.dataplane.xdp.XdpMode;
import org.pointsman.director.dataplane.xdp.XdpPlaneException;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.director.host.CheckCommand;
import org.pointsman.director.host.DetachCommand;
import org.pointsman.director.inspect.DumpCommand;
import org.pointsman.director.inspect.LookupCommand;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a director until the process is asked to end. */
@Command(
    name = "director",
    description =
        "Run a director: steer the packets of one side of a cluster as its assignments say, until stopped.",
    abbreviateSynopsis = true,
    sortOptions = false,
    subcommands = {LookupCommand.class, DumpCommand.class, CheckCommand.class, DetachCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:it could not start: no such interface, no libpcap, libnftnl or libbpf, no right to use it",
      "2:the command line is not right",
      "130,143:stopped by SIGINT or SIGTERM, as asked"
    })
public final class DirectorCommand implements Callable<Integer> {
  @Option(
      names = "--side",
      paramLabel = "SIDE",
      description =
          "outer (encrypted packets from the peers) or inner (clear packets from the target subnets). Required.")
  private @Nullable Side side;

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Whose tunnels to steer. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = DirectorSettings.DEFAULT_CLUSTER;

  @Option(
      names = "--data-plane",
      paramLabel = "KIND",
      defaultValue = "memory",
      description =
          "memory (keeps the table, steers nothing), pcap (steers the frames of an interface; needs libpcap, and root or CAP_NET_RAW), nftables (the same in the Linux kernel, and goes on when the director ends; needs libnftables, libnftnl and libmnl, and root or CAP_NET_ADMIN) or xdp (the same in the Linux kernel, and goes on when the director ends; needs libbpf, and root or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON). Default: ${DEFAULT-VALUE}.")
  private DataPlaneKind dataPlane = DataPlaneKind.MEMORY;

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      description = "Where packets come in. Needed for all but memory, which does not use it.")
  private @Nullable String in;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      description = "The interface on which they leave to the servers. Default: --interface.")
  private @Nullable String out;

  @Option(
      names = "--xdp-mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description =
          "Where xdp runs its program: native (in the interface's driver), generic (in the kernel's common path: every interface can, slower) or auto (native if the driver can). Default: ${DEFAULT-VALUE}.")
  private XdpMode xdpMode = XdpMode.AUTO;

  @Option(
      names = "--director-mac",
      paramLabel = "MAC",
      description =
          "The Ethernet address of the frames to steer. Default: that of --interface; with memory, any.")
  private @Nullable MacAddress directorMac;

  @Option(
      names = "--local-address",
      paramLabel = "ADDRESS",
      split = ",",
      hideParamSyntax = true,
      description =
          "The addresses of the director itself, which an inner one leaves to the kernel; several by commas or options. Default: those of all interfaces of this host, as they are at the start.")
  private @Nullable List<IpAddress> localAddresses;

  @Option(
      names = "--on-miss",
      paramLabel = "WHAT",
      description =
          "drop or pass packets whose tunnel is not known. Default: drop on the outer side, pass on the inner.")
  private @Nullable OnMiss onMiss;

  @Option(
      names = "--max-tunnels",
      paramLabel = "N",
      defaultValue = "" + TableLimits.DEFAULT_MAX_TUNNELS,
      description = "For how many tunnels there is room. Default: ${DEFAULT-VALUE}.")
  private int maxTunnels = TableLimits.DEFAULT_MAX_TUNNELS;

  @Option(
      names = "--dry-run",
      description =
          "Do everything but steer: read copies of the frames with libpcap, count and tell where they would go, send nothing, change nothing in the kernel and write no status.")
  private boolean dryRun;

  @Option(
      names = "--snapshot-dir",
      paramLabel = "FOLDER",
      description =
          "Keep what it knows in this folder, to steer by it after a restart before Kafka answers. Default: keep nothing.")
  private @Nullable Path snapshotDirectory;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "By which it tells how it is, unique in the deployment. Default: SIDE@HOST, so name those of which a host runs several.")
  private @Nullable String name;

  @Mixin private final ConnectionOptions connectionOptions = new ConnectionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Override
  public Integer call() {
    DirectorSettings settings = settings();
    Cli.awaitEnd(start(connectionOptions.connection(), settings));
    return Cli.OK;
  }

  DirectorSettings settings() {
    if (side == null) {
      throw new CliException(
          Cli.USAGE, "expected --side outer or --side inner but got neither; give one of them");
    }
    return DirectorSettings.builder(side)
        .name(name)
        .cluster(cluster)
        .dataPlane(dataPlane)
        .in(in)
        .out(out)
        .xdpMode(xdpMode)
        .directorMac(directorMac)
        .localAddresses(localAddresses)
        .onMiss(onMiss)
        .maxTunnels(maxTunnels)
        .dryRun(dryRun)
        .snapshotDirectory(snapshotDirectory)
        .build();
  }

  private static Director start(Connection connection, DirectorSettings settings) {
    try {
      return Director.start(connection, settings, FeedListener.NONE);
    } catch (PcapPlaneException | NftablesException | XdpPlaneException unusable) {
      throw new CliException(Objects.requireNonNull(unusable.getMessage()));
    } catch (ConfigException refused) {
      throw new CliException(
          Cli.USAGE, "expected settings that Kafka takes but: " + refused.getMessage());
    }
  }
}

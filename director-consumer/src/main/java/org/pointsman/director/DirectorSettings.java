package org.pointsman.director;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.xdp.XdpMode;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.ClusterId;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * What a director is told when it starts. Valid as a whole, or not made.
 *
 * @param name unique in the deployment: the key under which the director tells how it is
 * @param side which packets it sees
 * @param cluster whose tunnels it steers
 * @param dataPlane how it steers
 * @param in the interface that frames come in on, for data planes that have one
 * @param out the interface that they leave on, or null for the same
 * @param xdpMode where the XDP data plane runs its program
 * @param directorMac the address of the frames to steer, or null for that of {@code in}, and with
 *     the memory data plane for any
 * @param localAddresses the director's own addresses, which an inner director does not steer
 * @param onMiss what becomes of a packet whose tunnel is not known
 * @param maxTunnels for how many tunnels there is room, as {@link TableLimits#forTunnels} counts
 * @param dryRun do everything but steer: read copies of the frames, count, and tell
 * @param snapshotDirectory where snapshots are kept, or null to keep none
 */
public record DirectorSettings(
    String name,
    Side side,
    ClusterId cluster,
    DataPlaneKind dataPlane,
    @Nullable String in,
    @Nullable String out,
    XdpMode xdpMode,
    @Nullable MacAddress directorMac,
    List<IpAddress> localAddresses,
    OnMiss onMiss,
    int maxTunnels,
    boolean dryRun,
    @Nullable Path snapshotDirectory) {
  public static final ClusterId DEFAULT_CLUSTER = new ClusterId("default");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}");

  /**
   * @throws InvalidValueException with a sentence for each fault, a line each
   */
  public DirectorSettings {
    localAddresses = List.copyOf(localAddresses);
    List<String> faults = new ArrayList<>();
    if (!NAME.matcher(name).matches()) {
      faults.add(
          "expected a --name of 1 to 128 letters, digits or ._:@+- starting with a letter or digit but got '%s'"
              .formatted(name));
    }
    if (dataPlane != DataPlaneKind.MEMORY && (in == null || in.isBlank())) {
      faults.add(
          "expected an --interface for --data-plane %s but got none; name the one that the packets come in on"
              .formatted(dataPlane.name().toLowerCase(Locale.ROOT)));
    }
    if (out != null && out.isBlank()) {
      faults.add("expected the name of an interface for --out but got nothing; leave --out away");
    }
    if (directorMac != null && directorMac.isGroup()) {
      faults.add(
          "expected the Ethernet address of one host for --director-mac but %s is a group's"
              .formatted(directorMac));
    }
    if (maxTunnels < 1 || maxTunnels > TableLimits.MOST_TUNNELS) {
      faults.add(
          "expected 1 to %,d --max-tunnels but got %,d"
              .formatted(TableLimits.MOST_TUNNELS, maxTunnels));
    }
    if (!faults.isEmpty()) {
      throw new InvalidValueException(String.join(System.lineSeparator(), faults));
    }
  }

  /** What every data plane is told. */
  PlaneSettings forPlane() {
    return new PlaneSettings(side, localAddresses, onMiss, TableLimits.forTunnels(maxTunnels));
  }

  /** The interface that frames come in on, of a data plane that must have one. */
  String requireIn() {
    return Objects.requireNonNull(in, "settings without an interface are not made");
  }

  public static Builder builder(Side side) {
    return new Builder(side);
  }

  /** Whatever is not set has its default: null stands for it, too. */
  public static final class Builder {
    private final Side side;
    private @Nullable String name;
    private ClusterId cluster = DEFAULT_CLUSTER;
    private DataPlaneKind dataPlane = DataPlaneKind.MEMORY;
    private @Nullable String in;
    private @Nullable String out;
    private XdpMode xdpMode = XdpMode.AUTO;
    private @Nullable MacAddress directorMac;
    private @Nullable List<IpAddress> localAddresses;
    private @Nullable OnMiss onMiss;
    private int maxTunnels = TableLimits.DEFAULT_MAX_TUNNELS;
    private boolean dryRun;
    private @Nullable Path snapshotDirectory;

    private Builder(Side side) {
      this.side = side;
    }

    /** Default: {@code SIDE@HOST}. */
    public Builder name(@Nullable String name) {
      this.name = name;
      return this;
    }

    public Builder cluster(ClusterId cluster) {
      this.cluster = cluster;
      return this;
    }

    public Builder dataPlane(DataPlaneKind dataPlane) {
      this.dataPlane = dataPlane;
      return this;
    }

    public Builder in(@Nullable String in) {
      this.in = in;
      return this;
    }

    public Builder out(@Nullable String out) {
      this.out = out;
      return this;
    }

    public Builder xdpMode(XdpMode xdpMode) {
      this.xdpMode = xdpMode;
      return this;
    }

    public Builder directorMac(@Nullable MacAddress directorMac) {
      this.directorMac = directorMac;
      return this;
    }

    /** Default: those of all interfaces of this host. */
    public Builder localAddresses(@Nullable List<IpAddress> localAddresses) {
      this.localAddresses = localAddresses;
      return this;
    }

    /** Default: {@link OnMiss#defaultFor}. */
    public Builder onMiss(@Nullable OnMiss onMiss) {
      this.onMiss = onMiss;
      return this;
    }

    public Builder maxTunnels(int maxTunnels) {
      this.maxTunnels = maxTunnels;
      return this;
    }

    public Builder dryRun(boolean dryRun) {
      this.dryRun = dryRun;
      return this;
    }

    /** Default: none, no snapshots are kept. */
    public Builder snapshotDirectory(@Nullable Path snapshotDirectory) {
      this.snapshotDirectory = snapshotDirectory;
      return this;
    }

    /**
     * The settings.
     *
     * @throws InvalidValueException with a sentence for each fault, a line each
     */
    public DirectorSettings build() {
      return new DirectorSettings(
          name != null ? name : side.name().toLowerCase(Locale.ROOT) + "@" + ThisHost.name(),
          side,
          cluster,
          dataPlane,
          in,
          out,
          xdpMode,
          directorMac,
          localAddresses != null ? localAddresses : ThisHost.addresses(),
          onMiss != null ? onMiss : OnMiss.defaultFor(side),
          maxTunnels,
          dryRun,
          snapshotDirectory);
    }
  }
}

package org.pointsman.nms.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pointsman.model.ClusterId;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

/**
 * Makes tunnels of a file's lines, and remembers what earlier lines said, bad ones too: whoever
 * mends a bad line must not learn only then that another line contradicts it.
 */
final class LineParser {
  private final InventoryHeader header;
  private final ClusterId defaultCluster;
  private final Map<String, ClusterLines> clusters = new HashMap<>();

  /** Where a cluster's tunnels and subnets were first named. */
  private record ClusterLines(
      ClusterId cluster, Map<TunnelId, Integer> tunnels, Map<IpPrefix, Integer> subnets) {
    ClusterLines(ClusterId cluster) {
      this(cluster, new HashMap<>(), new HashMap<>());
    }
  }

  LineParser(InventoryHeader header, ClusterId defaultCluster) {
    this.header = header;
    this.defaultCluster = defaultCluster;
  }

  /** The tunnel of a line; none, and why in {@code faults}, if the line is bad. */
  Optional<InventoryLine> parse(int line, List<String> fields, List<Fault> faults) {
    if (fields.size() != header.columns()) {
      faults.add(
          new Fault(
              line,
              null,
              "expected %d fields as in the header but got %d"
                  .formatted(header.columns(), fields.size())));
      return Optional.empty();
    }
    Cells cells = new Cells(header, line, fields, faults);
    Optional<ClusterLines> cluster = cells.one(InventoryColumn.CLUSTER, this::cluster);
    Optional<TunnelId> tunnel = cells.one(InventoryColumn.ID, TunnelId::new);
    List<IpAddress> outer =
        cells.several(
            InventoryColumn.OUTER_ADDRESSES,
            "address",
            IpAddress::parse,
            TunnelAnnounce.MAX_OUTER_ADDRESSES);
    List<IpPrefix> inner =
        cells.several(
            InventoryColumn.INNER_SUBNETS,
            "subnet",
            IpPrefix::parse,
            TunnelAnnounce.MAX_INNER_SUBNETS);
    Optional<Long> bitsPerSecond =
        cells.one(InventoryColumn.EXPECTED_BPS, LineParser::bitsPerSecond);
    cluster.ifPresent(
        c -> {
          tunnel.ifPresent(t -> checkOnce(c, t, cells));
          inner.forEach(subnet -> checkFree(c, subnet, cells));
        });
    return faults.isEmpty()
        ? Optional.of(
            new InventoryLine(
                line,
                cluster.orElseThrow().cluster(),
                new TunnelAnnounce(
                    tunnel.orElseThrow(), outer, inner, bitsPerSecond.orElseThrow())))
        : Optional.empty();
  }

  private ClusterLines cluster(String name) {
    String key = name.isEmpty() ? defaultCluster.value() : name;
    ClusterLines known = clusters.get(key);
    if (known == null) {
      known = new ClusterLines(new ClusterId(key));
      clusters.put(key, known);
    }
    return known;
  }

  private static void checkOnce(ClusterLines cluster, TunnelId tunnel, Cells cells) {
    Integer first = cluster.tunnels().putIfAbsent(tunnel, cells.line());
    if (first != null) {
      cells.fault(
          InventoryColumn.ID,
          "expected each tunnel once in cluster %s but '%s' stands in line %d already"
              .formatted(cluster.cluster(), tunnel, first));
    }
  }

  private static void checkFree(ClusterLines cluster, IpPrefix subnet, Cells cells) {
    Integer first = cluster.subnets().putIfAbsent(subnet, cells.line());
    if (first != null && first != cells.line()) {
      cells.fault(
          InventoryColumn.INNER_SUBNETS,
          "expected subnets of this tunnel only but %s is one of the tunnel in line %d too"
              .formatted(subnet, first));
    }
  }

  private static Long bitsPerSecond(String text) {
    if (text.isEmpty()) {
      return 0L;
    }
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits) {
      throw new InvalidValueException(
          "expected a number of bits per second in digits such as 10000000 but got '%s'"
              .formatted(text));
    }
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException tooLarge) {
      throw new InvalidValueException(
          "expected at most %d bits per second but got %s".formatted(Long.MAX_VALUE, text));
    }
  }

  /** The cells of one line, and the faults found in them. */
  private record Cells(InventoryHeader header, int line, List<String> fields, List<Fault> faults) {

    void fault(InventoryColumn column, String reason) {
      faults.add(new Fault(line, column.title(), reason));
    }

    <T> Optional<T> one(InventoryColumn column, Function<String, T> parse) {
      return read(column, header.value(column, fields), parse);
    }

    <T> List<T> several(InventoryColumn column, String what, Function<String, T> parse, int most) {
      String cell = header.value(column, fields);
      if (cell.isEmpty()) {
        fault(column, "expected 1 to %d values but the field is empty".formatted(most));
        return List.of();
      }
      String[] items = cell.split(";", -1);
      if (items.length > most) {
        fault(column, "expected 1 to %d values but got %d".formatted(most, items.length));
        return List.of();
      }
      List<T> values = new ArrayList<>(2);
      Set<T> seen = new HashSet<>();
      for (String item : items) {
        Optional<T> value = read(column, item.strip(), parse);
        value.ifPresent(
            v -> {
              if (!seen.add(v)) {
                fault(column, "expected each %s once but %s stands there twice".formatted(what, v));
              }
              values.add(v);
            });
      }
      return values;
    }

    private <T> Optional<T> read(InventoryColumn column, String text, Function<String, T> parse) {
      try {
        return Optional.of(parse.apply(text));
      } catch (InvalidValueException bad) {
        fault(column, Objects.requireNonNullElse(bad.getMessage(), "is not valid"));
        return Optional.empty();
      }
    }
  }
}

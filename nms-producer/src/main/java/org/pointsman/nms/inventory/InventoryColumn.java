package org.pointsman.nms.inventory;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The columns of an inventory, in the order in which they are written. */
enum InventoryColumn {
  /** The tunnel's name. */
  ID(true),
  /** The tunnel's cluster; the reader's default if empty or absent. */
  CLUSTER(false),
  /** Where the tunnel's peer sends from, separated by semicolons. */
  OUTER_ADDRESSES(true),
  /** What lies behind the peer, as CIDR prefixes separated by semicolons. */
  INNER_SUBNETS(true),
  /** The traffic to expect in bits per second, in digits; 0 (not known) if empty or absent. */
  EXPECTED_BPS(false);

  /** A complete header line. */
  static final String HEADER =
      Arrays.stream(values()).map(InventoryColumn::title).collect(Collectors.joining(","));

  private final boolean required;

  InventoryColumn(boolean required) {
    this.required = required;
  }

  /** True if a header must name it. */
  boolean isRequired() {
    return required;
  }

  /** As the header names it. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The column of that title, in whatever case. */
  static Optional<InventoryColumn> titled(String title) {
    return Arrays.stream(values()).filter(c -> c.title().equalsIgnoreCase(title)).findFirst();
  }
}

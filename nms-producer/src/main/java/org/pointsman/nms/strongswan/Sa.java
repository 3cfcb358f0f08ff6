package org.pointsman.nms.strongswan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * A pair of child security associations as charon tells of it.
 *
 * @param ikeId charon's number of the IKE SA that it belongs to, or empty
 * @param connection the name of its connection in charon's configuration
 * @param child the name of its child there
 * @param remoteId the identity that the peer proved, or empty
 * @param remoteHost where the peer sends from, or null if charon does not say
 * @param remotePort the peer's UDP port, or null
 * @param remoteSubnets what lies behind the peer, as charon writes it
 */
record Sa(
    String ikeId,
    String connection,
    String child,
    String remoteId,
    @Nullable IpAddress remoteHost,
    @Nullable Integer remotePort,
    List<String> remoteSubnets) {
  /** States in which packets pass: a pair that is being renewed serves until it is replaced. */
  private static final Set<String> SERVING =
      Set.of("INSTALLED", "REKEYING", "REKEYED", "UPDATING", "RETRYING");

  Sa {
    remoteSubnets = List.copyOf(remoteSubnets);
  }

  /**
   * The pairs that serve in a {@code list-sa} event, or those that a {@code child-updown} is about.
   * Both hold a section for each IKE SA, named like its connection.
   */
  static List<Sa> read(Section event) {
    List<Sa> found = new ArrayList<>();
    event
        .sections()
        .forEach(
            (connection, ike) ->
                ike.section("child-sas").sections().values().stream()
                    .filter(child -> SERVING.contains(child.text("state").orElse("INSTALLED")))
                    .map(child -> of(connection, ike, child))
                    .forEach(found::add));
    return found;
  }

  private static Sa of(String connection, Section ike, Section child) {
    return new Sa(
        ike.text("uniqueid").orElse(""),
        connection,
        child.text("name").orElse(""),
        ike.text("remote-id").orElse(""),
        ike.text("remote-host").flatMap(Sa::address).orElse(null),
        ike.text("remote-port").flatMap(Sa::port).orElse(null),
        child.texts("remote-ts"));
  }

  /** Empty for what is none, such as {@code %any} or a host name. */
  static Optional<IpAddress> address(String text) {
    try {
      int zone = text.indexOf('%');
      return Optional.of(IpAddress.parse(zone > 0 ? text.substring(0, zone) : text));
    } catch (InvalidValueException none) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port >= 1 && port <= 65_535 ? Optional.of(port) : Optional.empty();
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "%s/%s of %s (%s)"
        .formatted(connection, child, remoteHost, remoteId.isEmpty() ? "no identity" : remoteId);
  }
}

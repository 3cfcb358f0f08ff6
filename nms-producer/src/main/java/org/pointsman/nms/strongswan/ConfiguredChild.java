package org.pointsman.nms.strongswan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * A child of a connection in charon's configuration.
 *
 * @param connection the connection's name
 * @param child the child's name
 * @param remoteId the identity that the peer has to prove, or empty for any
 * @param remoteAddresses where the peer may be, as charon writes it
 * @param remoteSubnets what lies behind the peer, as charon writes it
 */
record ConfiguredChild(
    String connection,
    String child,
    String remoteId,
    List<String> remoteAddresses,
    List<String> remoteSubnets) {
  ConfiguredChild {
    remoteAddresses = List.copyOf(remoteAddresses);
    remoteSubnets = List.copyOf(remoteSubnets);
  }

  /** The children in a {@code list-conn} event. */
  static List<ConfiguredChild> read(Section event) {
    List<ConfiguredChild> found = new ArrayList<>();
    event
        .sections()
        .forEach(
            (connection, settings) ->
                settings
                    .section("children")
                    .sections()
                    .forEach(
                        (child, its) ->
                            found.add(
                                new ConfiguredChild(
                                    connection,
                                    child,
                                    remoteId(settings),
                                    settings.texts("remote_addrs"),
                                    its.texts("remote-ts")))));
    return found;
  }

  /** Of the first round of authentication; {@code remote-1} and so on are the rounds' sections. */
  private static String remoteId(Section settings) {
    return settings.sections().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("remote"))
        .map(Map.Entry::getValue)
        .flatMap(round -> round.text("id").stream())
        .findFirst()
        .orElse("");
  }
}

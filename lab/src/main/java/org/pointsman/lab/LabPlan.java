package org.pointsman.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pointsman.model.ClusterId;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

/**
 * Who is where in a lab.
 *
 * <pre>
 *  peers 192.0.2.11…    router .1   203.0.113.0/24                10.200.0.0/24
 *  peer-1 10.1.1.0/28 ─┐            ┌─ outer director .2          ┌─ inner director .2
 *  peer-2 10.1.2.0/28 ─┼── router ──┼─ gateways .11 .12 .13 ──────┼─ gateways .11 .12 .13
 *  …                  ─┘            │  each has the virtual       └─ target host .100
 *                                   │  address 198.51.100.10
 * </pre>
 *
 * The router sends what goes to the virtual address to the outer director, the target host what
 * goes to the peers' subnets to the inner one.
 *
 * @param prefix what the names of its namespaces start with, 1 to 8 letters, digits or dashes
 * @param peers how many peers there are, 1 to 99
 */
record LabPlan(String prefix, int peers) {
  static final ClusterId CLUSTER = new ClusterId("lab");
  static final String DEFAULT_PREFIX = "pmlab";
  static final int GATEWAYS = 3;
  static final int MOST_PEERS = 99;
  static final IpAddress VIRTUAL_ADDRESS = IpAddress.parse("198.51.100.10");
  static final String TARGET_HOST = "10.200.0.100";
  static final String TARGET_NET = "10.200.0.0/24";

  LabPlan {
    if (!prefix.matches("[a-z0-9-]{1,8}") || peers < 1 || peers > MOST_PEERS) {
      throw new InvalidValueException(
          "expected a prefix of 1 to 8 letters, digits or dashes and 1 to %d peers but got '%s' and %d"
              .formatted(MOST_PEERS, prefix, peers));
    }
  }

  /**
   * A namespace's name: {@code router}, {@code peer-1}, {@code gw-1} and so on, with the prefix.
   */
  String namespace(String name) {
    return prefix + "-" + name;
  }

  /** True for names that a lab of that prefix gives. */
  static boolean isNamespace(String prefix, String name) {
    return name.startsWith(prefix + "-")
        && name.substring(prefix.length() + 1)
            .matches("router|outer|inner|target|gw-\\d+|peer-\\d+");
  }

  /** What commands on a lab of that prefix need after them; begins with a blank, or is empty. */
  static String nameOption(String prefix) {
    return prefix.equals(DEFAULT_PREFIX) ? "" : " --name " + prefix;
  }

  /** All of them. */
  List<String> namespaces() {
    return Stream.of(
            Stream.of("router", "outer", "inner", "target"),
            gateways().stream().map(LabPlan::gateway),
            IntStream.rangeClosed(1, peers).mapToObj(LabPlan::peer))
        .flatMap(names -> names)
        .map(this::namespace)
        .toList();
  }

  static String peer(int number) {
    return "peer-" + number;
  }

  static String gateway(int number) {
    return "gw-" + number;
  }

  List<Integer> gateways() {
    return IntStream.rangeClosed(1, GATEWAYS).boxed().toList();
  }

  List<Integer> peerNumbers() {
    return IntStream.rangeClosed(1, peers).boxed().toList();
  }

  static String peerAddress(int peer) {
    return "192.0.2." + (10 + peer);
  }

  /** The address of the host behind a peer. */
  static String peerHost(int peer) {
    return "10.1.%d.1".formatted(peer);
  }

  static String peerSubnet(int peer) {
    return "10.1.%d.0/28".formatted(peer);
  }

  static ServerId server(int gateway) {
    return new ServerId("rs-" + gateway);
  }

  static int gatewayOf(ServerId server) {
    return Integer.parseInt(server.value().substring("rs-".length()));
  }

  static String gatewayAddress(int gateway) {
    return "203.0.113." + (10 + gateway);
  }

  /** Of both its interfaces: a director on each side knows a server by one Ethernet address. */
  static String gatewayMac(int gateway) {
    return "02:00:5e:00:00:%02x".formatted(0x10 + gateway);
  }

  List<ServerRegister> servers() {
    return gateways().stream()
        .map(
            gateway ->
                new ServerRegister(
                    server(gateway),
                    IpAddress.parse(gatewayAddress(gateway)),
                    MacAddress.parse(gatewayMac(gateway))))
        .toList();
  }

  static TunnelId tunnel(int peer) {
    return new TunnelId(peer(peer));
  }

  List<TunnelAnnounce> tunnels() {
    return peerNumbers().stream()
        .map(
            peer ->
                new TunnelAnnounce(
                    tunnel(peer),
                    List.of(IpAddress.parse(peerAddress(peer))),
                    List.of(IpPrefix.parse(peerSubnet(peer))),
                    0))
        .toList();
  }

  /** The commands that build it, each the words after {@code ip}. */
  List<String> build() {
    List<String> ip = new ArrayList<>();
    for (String name : namespaces()) {
      ip.add("netns add " + name);
    }
    String router = namespace("router");
    String target = namespace("target");
    ip.add("-n %s link add br-peers type bridge".formatted(router));
    ip.add("-n %s link add br-outer type bridge".formatted(router));
    ip.add("-n %s link add br-inner type bridge".formatted(target));
    for (int peer : peerNumbers()) {
      connect(ip, peer(peer), "eth0", "router", "br-peers", "p" + peer);
    }
    connect(ip, "outer", "eth0", "router", "br-outer", "director");
    connect(ip, "inner", "eth0", "target", "br-inner", "director");
    for (int gateway : gateways()) {
      connect(ip, gateway(gateway), "eth0", "router", "br-outer", "g" + gateway);
      connect(ip, gateway(gateway), "eth1", "target", "br-inner", "g" + gateway);
      String name = namespace(gateway(gateway));
      ip.add("-n %s link set eth0 address %s".formatted(name, gatewayMac(gateway)));
      ip.add("-n %s link set eth1 address %s".formatted(name, gatewayMac(gateway)));
    }
    addresses(ip, router, target);
    return ip;
  }

  private void connect(
      List<String> ip, String name, String device, String bridgeSpace, String bridge, String port) {
    ip.add(
        "link add %s netns %s mtu 1500 type veth peer name %s netns %s"
            .formatted(device, namespace(name), port, namespace(bridgeSpace)));
    ip.add("-n %s link set %s master %s up".formatted(namespace(bridgeSpace), port, bridge));
  }

  private void addresses(List<String> ip, String router, String target) {
    for (String name : namespaces()) {
      ip.add("-n %s link set lo up".formatted(name));
    }
    address(ip, router, "br-peers", "192.0.2.1/24");
    address(ip, router, "br-outer", "203.0.113.1/24");
    address(ip, target, "br-inner", TARGET_HOST + "/24");
    address(ip, namespace("outer"), "eth0", "203.0.113.2/24");
    address(ip, namespace("inner"), "eth0", "10.200.0.2/24");
    ip.add("-n %s route add %s via 203.0.113.2".formatted(router, VIRTUAL_ADDRESS));
    ip.add("-n %s route add 10.1.0.0/16 via 10.200.0.2".formatted(target));
    for (int peer : peerNumbers()) {
      String name = namespace(peer(peer));
      address(ip, name, "eth0", peerAddress(peer) + "/24");
      address(ip, name, "lo", peerHost(peer) + "/28");
      ip.add("-n %s route add default via 192.0.2.1".formatted(name));
    }
    for (int gateway : gateways()) {
      String name = namespace(gateway(gateway));
      address(ip, name, "eth0", gatewayAddress(gateway) + "/24");
      address(ip, name, "eth1", "10.200.0.%d/24".formatted(10 + gateway));
      address(ip, name, "lo", VIRTUAL_ADDRESS + "/32");
      ip.add("-n %s route add default via 203.0.113.1".formatted(name));
    }
  }

  private static void address(List<String> ip, String name, String device, String address) {
    ip.add("-n %s addr add %s dev %s".formatted(name, address, device));
    ip.add("-n %s link set %s up".formatted(name, device));
  }
}

package org.pointsman.codec;

import static org.pointsman.codec.AvroValues.address;
import static org.pointsman.codec.AvroValues.addresses;
import static org.pointsman.codec.AvroValues.duration;
import static org.pointsman.codec.AvroValues.mac;
import static org.pointsman.codec.AvroValues.map;
import static org.pointsman.codec.AvroValues.millis;
import static org.pointsman.codec.AvroValues.prefixes;
import static org.pointsman.codec.AvroValues.same;
import static org.pointsman.codec.AvroValues.server;
import static org.pointsman.codec.AvroValues.text;
import static org.pointsman.codec.AvroValues.texts;

import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterEvent;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/** Events ⇄ their Avro records. */
final class EventMapping {
  private EventMapping() {}

  static org.pointsman.avro.NetworkEvent toAvro(NetworkEvent event) {
    return new org.pointsman.avro.NetworkEvent(
        event.eventId(),
        event.cluster().value(),
        event.occurredAt(),
        event.source(),
        payload(event.payload()));
  }

  private static Object payload(Event payload) {
    return switch (payload) {
      case TunnelEvent tunnel -> tunnelEvent(tunnel);
      case ServerEvent server -> serverEvent(server);
      case ClusterEvent cluster -> clusterEvent(cluster);
    };
  }

  private static Object tunnelEvent(TunnelEvent event) {
    String tunnel = event.tunnel().value();
    return switch (event) {
      case TunnelAnnounce e ->
          new org.pointsman.avro.TunnelAnnounce(
              tunnel,
              texts(e.outerAddresses()),
              texts(e.innerSubnets()),
              e.expectedBitsPerSecond());
      case TunnelUp e ->
          new org.pointsman.avro.TunnelUp(
              tunnel, e.server().value(), text(e.observedAddress()), e.observedPort());
      case TunnelDown e -> new org.pointsman.avro.TunnelDown(tunnel, text(e.server()));
      case TunnelWithdraw _ -> new org.pointsman.avro.TunnelWithdraw(tunnel);
      case TunnelPin e -> new org.pointsman.avro.TunnelPin(tunnel, e.server().value());
      case TunnelUnpin _ -> new org.pointsman.avro.TunnelUnpin(tunnel);
    };
  }

  private static Object serverEvent(ServerEvent event) {
    String server = event.server().value();
    return switch (event) {
      case ServerRegister e ->
          new org.pointsman.avro.ServerRegister(
              server,
              e.address().toString(),
              text(e.mac()),
              e.weight(),
              e.maxTunnels(),
              e.maxBitsPerSecond());
      case ServerUp _ -> new org.pointsman.avro.ServerUp(server);
      case ServerDown _ -> new org.pointsman.avro.ServerDown(server);
      case ServerDrain e -> new org.pointsman.avro.ServerDrain(server, millis(e.deadline()));
      case ServerActivate _ -> new org.pointsman.avro.ServerActivate(server);
      case ServerFlush _ -> new org.pointsman.avro.ServerFlush(server);
      case ServerRemove e -> new org.pointsman.avro.ServerRemove(server, e.flush());
    };
  }

  private static Object clusterEvent(ClusterEvent event) {
    return switch (event) {
      case ClusterConfigure e ->
          new org.pointsman.avro.ClusterConfigure(
              map(e.policy(), policy -> same(org.pointsman.avro.Policy.class, policy)),
              map(e.virtualAddresses(), AvroValues::texts),
              millis(e.linger()),
              millis(e.announceTimeout()),
              millis(e.drainDeadline()));
      case ClusterRebalance e ->
          new org.pointsman.avro.ClusterRebalance(e.maxMoves(), e.includeUp());
    };
  }

  static NetworkEvent fromAvro(org.pointsman.avro.NetworkEvent event) {
    return new NetworkEvent(
        event.getEventId(),
        new ClusterId(event.getCluster()),
        event.getOccurredAt(),
        event.getSource(),
        event(event.getPayload()));
  }

  private static Event event(Object payload) {
    return switch (payload) {
      case org.pointsman.avro.TunnelAnnounce e ->
          new TunnelAnnounce(
              new TunnelId(e.getTunnel()),
              addresses(e.getOuterAddresses()),
              prefixes(e.getInnerSubnets()),
              e.getExpectedBitsPerSecond());
      case org.pointsman.avro.TunnelUp e ->
          new TunnelUp(
              new TunnelId(e.getTunnel()),
              new ServerId(e.getServer()),
              address(e.getObservedAddress()),
              e.getObservedPort());
      case org.pointsman.avro.TunnelDown e ->
          new TunnelDown(new TunnelId(e.getTunnel()), server(e.getServer()));
      case org.pointsman.avro.TunnelWithdraw e -> new TunnelWithdraw(new TunnelId(e.getTunnel()));
      case org.pointsman.avro.TunnelPin e ->
          new TunnelPin(new TunnelId(e.getTunnel()), new ServerId(e.getServer()));
      case org.pointsman.avro.TunnelUnpin e -> new TunnelUnpin(new TunnelId(e.getTunnel()));
      case org.pointsman.avro.ServerRegister e ->
          new ServerRegister(
              new ServerId(e.getServer()),
              IpAddress.parse(e.getAddress()),
              mac(e.getMac()),
              e.getWeight(),
              e.getMaxTunnels(),
              e.getMaxBitsPerSecond());
      case org.pointsman.avro.ServerUp e -> new ServerUp(new ServerId(e.getServer()));
      case org.pointsman.avro.ServerDown e -> new ServerDown(new ServerId(e.getServer()));
      case org.pointsman.avro.ServerDrain e ->
          new ServerDrain(new ServerId(e.getServer()), duration(e.getDeadlineMillis()));
      case org.pointsman.avro.ServerActivate e -> new ServerActivate(new ServerId(e.getServer()));
      case org.pointsman.avro.ServerFlush e -> new ServerFlush(new ServerId(e.getServer()));
      case org.pointsman.avro.ServerRemove e ->
          new ServerRemove(new ServerId(e.getServer()), e.getFlush());
      case org.pointsman.avro.ClusterConfigure e ->
          new ClusterConfigure(
              map(e.getPolicy(), policy -> same(Policy.class, policy)),
              map(e.getVirtualAddresses(), AvroValues::addresses),
              duration(e.getLingerMillis()),
              duration(e.getAnnounceTimeoutMillis()),
              duration(e.getDrainDeadlineMillis()));
      case org.pointsman.avro.ClusterRebalance e ->
          new ClusterRebalance(e.getMaxMoves(), e.getIncludeUp());
      default -> // Avro's unions are plain objects, so no compiler can tell that these are all
          throw new IllegalStateException("no event: " + payload.getClass());
    };
  }
}

package org.pointsman.codec;

import static org.pointsman.codec.AvroValues.addresses;
import static org.pointsman.codec.AvroValues.duration;
import static org.pointsman.codec.AvroValues.mac;
import static org.pointsman.codec.AvroValues.millis;
import static org.pointsman.codec.AvroValues.prefixes;
import static org.pointsman.codec.AvroValues.same;
import static org.pointsman.codec.AvroValues.server;
import static org.pointsman.codec.AvroValues.text;
import static org.pointsman.codec.AvroValues.texts;

import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/** Assignments, real servers and settings ⇄ their Avro records. */
final class EntityMapping {
  private EntityMapping() {}

  static SpecificRecord toAvro(Entity entity) {
    return switch (entity) {
      case Assignment e ->
          new org.pointsman.avro.Assignment(
              e.cluster().value(),
              e.tunnel().value(),
              same(org.pointsman.avro.TunnelState.class, e.state()),
              text(e.server()),
              texts(e.outerAddresses()),
              texts(e.innerSubnets()),
              e.expectedBitsPerSecond(),
              e.pinned(),
              e.stateSince(),
              e.deadline(),
              e.order(),
              e.epoch());
      case RealServer e ->
          new org.pointsman.avro.RealServer(
              e.cluster().value(),
              e.server().value(),
              e.address().toString(),
              text(e.mac()),
              e.weight(),
              e.maxTunnels(),
              e.maxBitsPerSecond(),
              e.alive(),
              e.draining(),
              e.drainDeadline(),
              e.epoch());
      case ClusterConfig e ->
          new org.pointsman.avro.ClusterConfig(
              e.cluster().value(),
              same(org.pointsman.avro.Policy.class, e.policy()),
              texts(e.virtualAddresses()),
              e.linger().toMillis(),
              e.announceTimeout().toMillis(),
              millis(e.drainDeadline()),
              e.epoch());
    };
  }

  static Assignment fromAvro(org.pointsman.avro.Assignment e) {
    return new Assignment(
        new ClusterId(e.getCluster()),
        new TunnelId(e.getTunnel()),
        same(TunnelState.class, e.getState()),
        server(e.getServer()),
        addresses(e.getOuterAddresses()),
        prefixes(e.getInnerSubnets()),
        e.getExpectedBitsPerSecond(),
        e.getPinned(),
        e.getStateSince(),
        e.getDeadline(),
        e.getOrder(),
        e.getEpoch());
  }

  static RealServer fromAvro(org.pointsman.avro.RealServer e) {
    return new RealServer(
        new ClusterId(e.getCluster()),
        new ServerId(e.getServer()),
        IpAddress.parse(e.getAddress()),
        mac(e.getMac()),
        e.getWeight(),
        e.getMaxTunnels(),
        e.getMaxBitsPerSecond(),
        e.getAlive(),
        e.getDraining(),
        e.getDrainDeadline(),
        e.getEpoch());
  }

  static ClusterConfig fromAvro(org.pointsman.avro.ClusterConfig e) {
    return new ClusterConfig(
        new ClusterId(e.getCluster()),
        same(Policy.class, e.getPolicy()),
        addresses(e.getVirtualAddresses()),
        Duration.ofMillis(e.getLingerMillis()),
        Duration.ofMillis(e.getAnnounceTimeoutMillis()),
        duration(e.getDrainDeadlineMillis()),
        e.getEpoch());
  }
}

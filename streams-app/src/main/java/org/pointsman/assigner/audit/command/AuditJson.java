package org.pointsman.assigner.audit.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding;
import org.pointsman.assigner.audit.Place;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.assigner.audit.Report;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RealServer;

/** The audit's answers as JSON, under the names that the schemas give the fields. */
final class AuditJson {
  private AuditJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode entity(Entity entity) {
    ObjectNode json = object();
    json.put("cluster", entity.cluster().value());
    switch (entity) {
      case Assignment tunnel -> {
        json.put("tunnel", tunnel.tunnel().value());
        json.put("state", tunnel.state().name());
        json.put("server", text(tunnel.server()));
        json.set("outerAddresses", texts(tunnel.outerAddresses()));
        json.set("innerSubnets", texts(tunnel.innerSubnets()));
        json.put("expectedBitsPerSecond", tunnel.expectedBitsPerSecond());
        json.put("pinned", tunnel.pinned());
        json.put("stateSince", tunnel.stateSince().toString());
        json.put("deadline", text(tunnel.deadline()));
        json.put("order", tunnel.order());
      }
      case RealServer server -> {
        json.put("server", server.server().value());
        json.put("state", server.state().name());
        json.put("address", server.address().toString());
        json.put("mac", text(server.mac()));
        json.put("weight", server.weight());
        json.put("maxTunnels", server.maxTunnels());
        json.put("maxBitsPerSecond", server.maxBitsPerSecond());
        json.put("alive", server.alive());
        json.put("draining", server.draining());
        json.put("drainDeadline", text(server.drainDeadline()));
      }
      case ClusterConfig config -> {
        json.put("policy", config.policy().name());
        json.set("virtualAddresses", texts(config.virtualAddresses()));
        json.put("linger", config.linger().toString());
        json.put("announceTimeout", config.announceTimeout().toString());
        json.put("drainDeadline", text(config.drainDeadline()));
      }
    }
    json.put("epoch", entity.epoch());
    return json;
  }

  /**
   * @param event its event, if it was looked up
   */
  static ObjectNode decision(Recorded record, @Nullable NetworkEvent event) {
    Decision decision = record.decision();
    ObjectNode json = object();
    place(json, record.place());
    json.put("epoch", decision.epoch());
    json.put("time", decision.time().toString());
    json.put("reason", decision.reason().name());
    ObjectNode cause = json.putObject("cause");
    switch (decision.cause()) {
      case Cause.ByEvent by -> {
        cause.put("partition", by.partition());
        cause.put("offset", by.offset());
        cause.put("eventId", by.eventId());
        if (event != null) {
          cause.put("event", event.payload().getClass().getSimpleName());
          cause.put("source", event.source());
          cause.put("occurredAt", event.occurredAt().toString());
        }
      }
      case Cause.ByTimer by -> {
        cause.put("partition", by.partition());
        cause.put("due", by.due().toString());
      }
    }
    Entity before = decision.before();
    Entity after = decision.after();
    json.set("before", before == null ? null : entity(before));
    json.set("after", after == null ? null : entity(after));
    return json;
  }

  static void place(ObjectNode json, Place place) {
    json.put("topic", place.topic());
    json.put("partition", place.partition());
    json.put("offset", place.offset());
  }

  static ObjectNode finding(Finding finding) {
    ObjectNode json = object();
    json.put("kind", finding.kind().name());
    Place place = finding.place();
    if (place != null) {
      place(json, place);
    }
    json.put("cluster", text(finding.cluster()));
    json.put("epoch", finding.epoch() == 0 ? null : (Long) finding.epoch());
    json.put("message", finding.message());
    json.put("witness", text(finding.witness()));
    return json;
  }

  static ObjectNode report(Report report) {
    ObjectNode json = object();
    json.put("clean", report.isClean());
    json.put("clusters", report.clusters());
    json.put("decisions", report.decisions());
    json.put("events", report.events());
    json.put("rejections", report.rejections());
    json.put("assignments", report.assignments());
    json.put("directors", report.directors());
    json.put("undecided", report.undecided());
    json.put("notVerifiable", report.notVerifiable());
    json.put("unreadableEvents", report.unreadableEvents());
    json.put("findings", report.wrong());
    return json;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static ArrayNode texts(List<?> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.size());
    values.forEach(value -> array.add(value.toString()));
    return array;
  }
}

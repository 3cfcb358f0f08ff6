package org.pointsman.assigner.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.Relocation.Otherwise;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.RealServer;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;

/** Servers come, go, fail and drain. */
final class ServerEvents {
  private ServerEvents() {}

  static Outcome.@Nullable Rejected register(Plan plan, ServerRegister event, Limits limits) {
    Tables view = plan.view();
    RealServer known = view.server(event.server());
    if (known == null) {
      if (view.serverCount() >= limits.servers()) {
        return Refusal.of(
            RejectionCode.LIMIT_REACHED,
            ("expected at most %d servers in a cluster but %s would be one more; remove some, or use"
                    + " another cluster")
                .formatted(limits.servers(), event.server()));
      }
      plan.create(registered(plan, event, true, false, null), DecisionReason.REGISTERED);
      return null;
    }
    RealServer after =
        registered(plan, event, known.alive(), known.draining(), known.drainDeadline());
    if (Change.epoch(after, known.epoch()).equals(known)) {
      return Refusal.noChange("server %s is registered so already".formatted(event.server()));
    }
    plan.change(known, after, DecisionReason.SERVER_UPDATED);
    return null;
  }

  static Outcome.@Nullable Rejected up(Plan plan, ServerUp event) {
    RealServer server = plan.view().server(event.server());
    if (server == null) {
      return Refusal.unknownServer(event.server());
    }
    if (server.alive()) {
      return Refusal.noChange("server %s is up already".formatted(event.server()));
    }
    plan.change(server, Change.alive(server, true), DecisionReason.MARKED_UP);
    return null;
  }

  static Outcome.@Nullable Rejected down(Plan plan, ServerDown event) {
    ServerId id = event.server();
    RealServer server = plan.view().server(id);
    if (server == null) {
      return Refusal.unknownServer(id);
    }
    if (!server.alive()) {
      return Refusal.noChange("server %s is down already".formatted(id));
    }
    plan.change(server, Change.alive(server, false), DecisionReason.MARKED_DOWN);
    Relocation.empty(plan, id, _ -> true, DecisionReason.SERVER_DOWN, Otherwise.IS_PENDING);
    return null;
  }

  static Outcome.@Nullable Rejected drain(Plan plan, ServerDrain event) {
    ServerId id = event.server();
    RealServer server = plan.view().server(id);
    if (server == null) {
      return Refusal.unknownServer(id);
    }
    if (server.draining()) {
      return changeDeadline(plan, server, event.deadline());
    }
    Duration within =
        event.deadline() != null ? event.deadline() : plan.view().config().drainDeadline();
    startDrain(plan, server, within);
    Relocation.empty(
        plan, id, group -> !CoLocation.isAnchored(group), DecisionReason.DRAINED, Otherwise.STAYS);
    return null;
  }

  static Outcome.@Nullable Rejected flush(Plan plan, ServerFlush event) {
    ServerId id = event.server();
    RealServer server = plan.view().server(id);
    if (server == null) {
      return Refusal.unknownServer(id);
    }
    if (!server.draining()) {
      startDrain(plan, server, plan.view().config().drainDeadline());
    }
    Relocation.empty(plan, id, _ -> true, DecisionReason.FLUSHED, Otherwise.STAYS);
    if (plan.decisions().isEmpty()) {
      return Refusal.noChange(
          "server %s drains already and has no tunnel that can move".formatted(id));
    }
    return null;
  }

  static Outcome.@Nullable Rejected activate(Plan plan, ServerActivate event) {
    RealServer server = plan.view().server(event.server());
    if (server == null) {
      return Refusal.unknownServer(event.server());
    }
    if (!server.draining()) {
      return Refusal.noChange("server %s does not drain".formatted(event.server()));
    }
    plan.change(server, Change.draining(server, false, null), DecisionReason.ACTIVATED);
    return null;
  }

  static Outcome.@Nullable Rejected remove(Plan plan, ServerRemove event) {
    ServerId id = event.server();
    RealServer server = plan.view().server(id);
    if (server == null) {
      return Refusal.unknownServer(id);
    }
    int tunnels = plan.view().load(id).tunnels();
    if (tunnels > 0 && !event.flush()) {
      return Refusal.of(
          RejectionCode.SERVER_IN_USE,
          ("expected server %s without tunnels but it has %d; flush it first, or remove it with"
                  + " flush")
              .formatted(id, tunnels));
    }
    Relocation.empty(plan, id, _ -> true, DecisionReason.SERVER_REMOVED, Otherwise.IS_PENDING);
    plan.remove(server);
    return null;
  }

  private static void startDrain(Plan plan, RealServer server, @Nullable Duration within) {
    plan.change(
        server, Change.draining(server, true, deadline(plan, within)), DecisionReason.DRAINING);
  }

  /** A repeated drain without a deadline of its own is only a repetition. */
  private static Outcome.@Nullable Rejected changeDeadline(
      Plan plan, RealServer server, @Nullable Duration within) {
    Instant deadline = within == null ? server.drainDeadline() : deadline(plan, within);
    if (Objects.equals(deadline, server.drainDeadline())) {
      return Refusal.noChange("server %s drains already".formatted(server.server()));
    }
    plan.change(server, Change.draining(server, true, deadline), DecisionReason.DRAINING);
    return null;
  }

  private static @Nullable Instant deadline(Plan plan, @Nullable Duration within) {
    return within == null || within.isZero() ? null : Change.after(plan.time(), within);
  }

  private static RealServer registered(
      Plan plan,
      ServerRegister event,
      boolean alive,
      boolean draining,
      @Nullable Instant drainDeadline) {
    return new RealServer(
        plan.view().cluster(),
        event.server(),
        event.address(),
        event.mac(),
        event.weight(),
        event.maxTunnels(),
        event.maxBitsPerSecond(),
        alive,
        draining,
        drainDeadline,
        plan.nextEpoch());
  }
}

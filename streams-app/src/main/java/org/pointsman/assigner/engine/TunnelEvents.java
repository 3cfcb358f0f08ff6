package org.pointsman.assigner.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.RealServer;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/** What the NMS and the operator say of a tunnel that was announced. */
final class TunnelEvents {
  private TunnelEvents() {}

  static Outcome.@Nullable Rejected up(Plan plan, TunnelUp event) {
    Assignment tunnel = plan.view().assignment(event.tunnel());
    if (tunnel == null) {
      return Refusal.notAnnounced(event.tunnel());
    }
    if (plan.view().server(event.server()) == null) {
      return Refusal.unknownServer(event.server());
    }
    if (!event.server().equals(tunnel.server())) {
      return Refusal.misplaced(tunnel, event.server());
    }
    if (tunnel.state() == TunnelState.UP) {
      return Refusal.noChange(
          "tunnel %s is up on %s already".formatted(event.tunnel(), event.server()));
    }
    plan.change(
        tunnel, Change.state(tunnel, TunnelState.UP, plan.time(), null), DecisionReason.TUNNEL_UP);
    return null;
  }

  static Outcome.@Nullable Rejected down(Plan plan, TunnelDown event) {
    Assignment tunnel = plan.view().assignment(event.tunnel());
    if (tunnel == null) {
      return Refusal.notAnnounced(event.tunnel());
    }
    if (event.server() != null && !event.server().equals(tunnel.server())) {
      return Refusal.misplaced(tunnel, event.server());
    }
    if (tunnel.state() != TunnelState.UP) {
      return Refusal.noChange("tunnel %s is not up".formatted(event.tunnel()));
    }
    plan.change(
        tunnel,
        Change.state(
            tunnel,
            TunnelState.LINGERING,
            plan.time(),
            Change.after(plan.time(), plan.view().config().linger())),
        DecisionReason.TUNNEL_DOWN);
    Relocation.afterLoosening(plan, tunnel);
    return null;
  }

  static Outcome.@Nullable Rejected withdraw(Plan plan, TunnelWithdraw event) {
    Assignment tunnel = plan.view().assignment(event.tunnel());
    if (tunnel == null) {
      return Refusal.notAnnounced(event.tunnel());
    }
    plan.release(tunnel, DecisionReason.WITHDRAWN);
    Relocation.afterLoosening(plan, tunnel);
    return null;
  }

  static Outcome.@Nullable Rejected pin(Plan plan, TunnelPin event) {
    Tables view = plan.view();
    Assignment tunnel = view.assignment(event.tunnel());
    if (tunnel == null) {
      return Refusal.notAnnounced(event.tunnel());
    }
    ServerId to = event.server();
    RealServer server = view.server(to);
    if (server == null) {
      return Refusal.unknownServer(to);
    }
    if (tunnel.pinned() && to.equals(tunnel.server())) {
      return Refusal.noChange("tunnel %s is pinned to %s already".formatted(event.tunnel(), to));
    }
    if (!server.alive() || server.draining()) {
      return Refusal.of(
          RejectionCode.SERVER_UNAVAILABLE,
          "expected a server that takes tunnels but %s %s; %s"
              .formatted(
                  to,
                  server.alive() ? "drains" : "is down",
                  server.alive() ? "activate it first" : "wait until it is up, or pin elsewhere"));
    }
    List<Assignment> group = CoLocation.groupOf(view, tunnel);
    List<Assignment> movers = group.stream().filter(member -> !to.equals(member.server())).toList();
    Slot slot = view.book().slot(to);
    if (!movers.isEmpty() && (slot == null || !slot.fits(Demand.of(movers)))) {
      String whom = "tunnel %s and those that share its outer addresses".formatted(event.tunnel());
      return Refusal.noRoom(view, to, whom, Demand.of(movers));
    }
    Relocation.moveTo(plan, others(movers, tunnel), to, DecisionReason.PINNED);
    plan.change(tunnel, Change.pin(tunnel, to), DecisionReason.PINNED);
    return null;
  }

  static Outcome.@Nullable Rejected unpin(Plan plan, TunnelUnpin event) {
    Assignment tunnel = plan.view().assignment(event.tunnel());
    if (tunnel == null) {
      return Refusal.notAnnounced(event.tunnel());
    }
    if (!tunnel.pinned()) {
      return Refusal.noChange("tunnel %s is not pinned".formatted(event.tunnel()));
    }
    plan.change(tunnel, Change.unpin(tunnel), DecisionReason.UNPINNED);
    Relocation.afterLoosening(plan, tunnel);
    return null;
  }

  private static List<Assignment> others(List<Assignment> tunnels, Assignment except) {
    return tunnels.stream().filter(tunnel -> !tunnel.tunnel().equals(except.tunnel())).toList();
  }
}

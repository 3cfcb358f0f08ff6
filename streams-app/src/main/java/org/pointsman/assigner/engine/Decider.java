package org.pointsman.assigner.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterEvent;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.Event;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/**
 * Decides what follows from an event, or from deadlines that have come. Changes nothing: the caller
 * records the decisions and applies them to the {@link ClusterState}.
 *
 * <p>Every event has an outcome: one or more decisions, or exactly one rejection. Here every event
 * finds its way; what it leads to stands where that leads: {@link Announcement}, {@link
 * TunnelEvents}, {@link ServerEvents}, {@link Configuration}, {@link Rebalance}, {@link Timers}.
 * Whatever happened, tunnels that were pending are then served if there is room.
 */
public final class Decider {
  private Decider() {}

  /**
   * What an event leads to.
   *
   * @param view its cluster
   * @param cause where the event stands in the log
   * @param time the log's time of the event; counted to the millisecond
   * @throws IllegalArgumentException if the event is another cluster's, which is the caller's
   *     mistake
   */
  public static Outcome decide(ClusterView view, NetworkEvent event, Cause cause, Instant time) {
    return decide(view, event, cause, time, Limits.STANDARD);
  }

  static Outcome decide(
      ClusterView view, NetworkEvent event, Cause cause, Instant time, Limits limits) {
    if (!event.cluster().equals(view.cluster())) {
      throw new IllegalArgumentException(
          "expected an event of cluster %s but got one of %s; decide it on its own cluster"
              .formatted(view.cluster(), event.cluster()));
    }
    Plan plan = new Plan(view, cause, time);
    Outcome.Rejected rejected = plan(plan, event.payload(), limits);
    if (rejected != null) {
      return rejected;
    }
    PendingTunnels.serve(plan);
    return new Outcome.Decided(plan.decisions());
  }

  /**
   * What the deadlines lead to that have come by now. If none has, it costs O(1).
   *
   * @param view a cluster
   * @param partition the partition of the {@code events} topic whose task keeps the cluster
   * @param now counted to the millisecond
   * @return the decisions in order, each with its deadline as the cause; none if nothing is due
   */
  public static List<Decision> due(ClusterView view, int partition, Instant now) {
    return Timers.due(view, partition, now);
  }

  private static Outcome.@Nullable Rejected plan(Plan plan, Event payload, Limits limits) {
    return switch (payload) {
      case TunnelEvent event -> planTunnel(plan, event, limits);
      case ServerEvent event -> planServer(plan, event, limits);
      case ClusterEvent event ->
          switch (event) {
            case ClusterConfigure configure -> Configuration.decide(plan, configure);
            case ClusterRebalance rebalance -> Rebalance.decide(plan, rebalance);
          };
    };
  }

  private static Outcome.@Nullable Rejected planTunnel(
      Plan plan, TunnelEvent payload, Limits limits) {
    return switch (payload) {
      case TunnelAnnounce announce -> Announcement.decide(plan, announce, limits);
      case TunnelUp up -> TunnelEvents.up(plan, up);
      case TunnelDown down -> TunnelEvents.down(plan, down);
      case TunnelWithdraw withdraw -> TunnelEvents.withdraw(plan, withdraw);
      case TunnelPin pin -> TunnelEvents.pin(plan, pin);
      case TunnelUnpin unpin -> TunnelEvents.unpin(plan, unpin);
    };
  }

  private static Outcome.@Nullable Rejected planServer(
      Plan plan, ServerEvent payload, Limits limits) {
    return switch (payload) {
      case ServerRegister register -> ServerEvents.register(plan, register, limits);
      case ServerUp up -> ServerEvents.up(plan, up);
      case ServerDown down -> ServerEvents.down(plan, down);
      case ServerDrain drain -> ServerEvents.drain(plan, drain);
      case ServerActivate activate -> ServerEvents.activate(plan, activate);
      case ServerFlush flush -> ServerEvents.flush(plan, flush);
      case ServerRemove remove -> ServerEvents.remove(plan, remove);
    };
  }
}

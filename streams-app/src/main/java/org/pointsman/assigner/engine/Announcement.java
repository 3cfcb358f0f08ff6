package org.pointsman.assigner.engine;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RealServer;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/**
 * A tunnel is announced: a new one gets a server, a known one new addresses, subnets and traffic.
 *
 * <p>A new tunnel that shares an outer address goes where its group is, even to a server that
 * drains (from where the whole group then leaves, if it can). A tunnel that connects groups on
 * different servers brings them together first, as {@link Union} says.
 */
final class Announcement {
  private final Plan plan;
  private final Tables view;
  private final TunnelAnnounce event;
  private final @Nullable Assignment known;

  private Announcement(Plan plan, TunnelAnnounce event) {
    this.plan = plan;
    this.view = plan.view();
    this.event = event;
    this.known = view.assignment(event.tunnel());
  }

  static Outcome.@Nullable Rejected decide(Plan plan, TunnelAnnounce event, Limits limits) {
    return new Announcement(plan, event).decide(limits);
  }

  private Outcome.@Nullable Rejected decide(Limits limits) {
    Outcome.Rejected refused = refusal(limits);
    if (refused != null) {
      return refused;
    }
    List<Assignment> neighbours =
        CoLocation.neighbours(view, event.tunnel(), event.outerAddresses());
    if (known == null && neighbours.isEmpty()) {
      Request request = new Request(event.tunnel(), demand(), null);
      ServerId chosen = view.book().choose(request);
      create(chosen, chosen == null ? whyPending() : DecisionReason.ASSIGNED);
      return null;
    }
    ServerId home = known != null ? known.server() : neighbours.getFirst().server();
    if (neighbours.stream().allMatch(other -> Objects.equals(other.server(), home))) {
      return stay(home);
    }
    return switch (Union.of(view, event, known, neighbours)) {
      case Union.Refused(var rejected) -> rejected;
      case Union.On(ServerId server, List<Assignment> movers) -> {
        Relocation.moveTo(plan, movers, server, DecisionReason.CO_LOCATED);
        record(server);
        yield null;
      }
    };
  }

  private Outcome.@Nullable Rejected refusal(Limits limits) {
    for (IpPrefix subnet : event.innerSubnets()) {
      TunnelId owner = view.tunnelBehind(subnet);
      if (owner != null && !owner.equals(event.tunnel())) {
        return Refusal.of(
            RejectionCode.SUBNET_CONFLICT,
            ("expected inner subnets that no other tunnel has but %s is tunnel %s's; withdraw %s or"
                    + " announce %s without it")
                .formatted(subnet, owner, owner, event.tunnel()));
      }
    }
    if (known == null && view.tunnelCount() >= limits.tunnels()) {
      return Refusal.of(
          RejectionCode.LIMIT_REACHED,
          ("expected at most %d tunnels in a cluster but %s would be one more; withdraw some, or use"
                  + " another cluster")
              .formatted(limits.tunnels(), event.tunnel()));
    }
    if (known != null && known.state() != TunnelState.LINGERING && !saysAnythingNew(known)) {
      return Refusal.noChange("tunnel %s is announced so already".formatted(event.tunnel()));
    }
    return null;
  }

  private boolean saysAnythingNew(Assignment known) {
    return known.expectedBitsPerSecond() != event.expectedBitsPerSecond()
        || !known.outerAddresses().equals(event.outerAddresses())
        || !known.innerSubnets().equals(event.innerSubnets());
  }

  /** All that it shares addresses with, and itself if known, is at home already. */
  private Outcome.@Nullable Rejected stay(@Nullable ServerId home) {
    Slot slot = home == null ? null : view.book().slot(home);
    if (known == null && slot != null && home != null && !slot.fits(demand())) {
      String whom = "tunnel %s, whose outer addresses bind it there".formatted(event.tunnel());
      return Refusal.noRoom(view, home, whom, demand());
    }
    record(home);
    return null;
  }

  private void record(@Nullable ServerId server) {
    if (known == null) {
      create(server, server == null ? whyPending() : DecisionReason.CO_LOCATED);
    } else {
      update(known, server);
    }
    leaveDraining(server);
  }

  private void create(@Nullable ServerId server, DecisionReason reason) {
    plan.create(
        new Assignment(
            view.cluster(),
            event.tunnel(),
            TunnelState.ANNOUNCED,
            server,
            event.outerAddresses(),
            event.innerSubnets(),
            event.expectedBitsPerSecond(),
            false,
            plan.time(),
            deadline(),
            view.announces() + 1,
            plan.nextEpoch()),
        reason);
  }

  private void update(Assignment known, @Nullable ServerId server) {
    boolean stays = Objects.equals(known.server(), server);
    boolean returns = known.state() == TunnelState.LINGERING;
    boolean isUp = known.state() == TunnelState.UP;
    plan.change(
        known,
        new Assignment(
            known.cluster(),
            known.tunnel(),
            isUp ? TunnelState.UP : TunnelState.ANNOUNCED,
            server,
            event.outerAddresses(),
            event.innerSubnets(),
            event.expectedBitsPerSecond(),
            known.pinned() && stays,
            returns ? plan.time() : known.stateSince(),
            isUp ? null : deadline(),
            known.order(),
            plan.nextEpoch()),
        stays ? DecisionReason.UPDATED : DecisionReason.CO_LOCATED);
  }

  /** Nothing that could leave a draining server is left there because it was announced now. */
  private void leaveDraining(@Nullable ServerId server) {
    if (known != null) {
      Relocation.afterLoosening(plan, known);
    }
    RealServer place = server == null ? null : view.server(server);
    if (place != null && place.draining()) {
      Assignment now = plan.view().assignment(event.tunnel());
      if (now != null) {
        Relocation.afterLoosening(plan, now);
      }
    }
  }

  private @Nullable Instant deadline() {
    return Change.after(plan.time(), view.config().announceTimeout());
  }

  private Demand demand() {
    return Demand.ofOne(event.expectedBitsPerSecond());
  }

  private DecisionReason whyPending() {
    return view.book().eligible() == 0 ? DecisionReason.NO_SERVER : DecisionReason.NO_CAPACITY;
  }
}

package org.pointsman.nms.strongswan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.EntityKey;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.follow.FollowedCluster;

/**
 * What a bridge makes of what happens. Pure: charon's and the log's news go in with the time, and
 * {@link Action}s come out.
 *
 * <p><b>Up</b> is reported when charon says so. <b>Down</b> is never taken from an event alone: a
 * re-authenticating peer ends the old pair after the new one stands, and re-keying replaces pairs
 * under other numbers. So an end makes the bridge ask for the whole list, and the list decides. The
 * same list on start and after a reconnect catches up with whatever was missed.
 *
 * <p><b>A tunnel that moves here while it is up</b> is left to {@link Takeovers}. <b>One that moves
 * away</b> leaves a pair behind, see {@link #leave}.
 */
final class BridgeCore {
  private final BridgeSettings settings;
  private final String source;
  private final FollowedCluster cluster;
  private final Takeovers takeovers;

  /** Established here, as charon last said. */
  private final SortedMap<TunnelId, Sa> established = new TreeMap<>();

  /** Established here, but moved away since: when to end each of these pairs that are left over. */
  private final Map<TunnelId, Instant> left = new TreeMap<>();

  private SortedMap<TunnelId, TunnelAnnounce> announces = new TreeMap<>();
  private final Set<String> said = new HashSet<>();

  /**
   * @param source what the bridge's own events carry, so that it knows which rejections are its own
   * @param cluster as the log has it now
   */
  BridgeCore(BridgeSettings settings, String source, FollowedCluster cluster) {
    this.settings = settings;
    this.source = source;
    this.cluster = cluster;
    this.takeovers = new Takeovers(settings, cluster);
  }

  // ---- charon ----------------------------------------------------------------------------------

  /** A {@code child-updown} or {@code ike-updown} event. */
  List<Action> updown(boolean isUp, List<Sa> sas) {
    if (!isUp) {
      return List.of(new Action.ListSas());
    }
    List<Action> actions = new ArrayList<>();
    for (Sa sa : sas) {
      settings.naming().tunnel(sa).ifPresent(this::isFresh);
      up(sa, actions);
    }
    return actions;
  }

  /** A new pair stands: whatever was left over before does not count any more. */
  private void isFresh(TunnelId tunnel) {
    if (left.remove(tunnel) != null) {
      established.remove(tunnel);
    }
  }

  /**
   * All pairs that charon has.
   *
   * @param isFirst true on start and after a reconnect, when events may have been missed
   */
  List<Action> listed(List<Sa> sas, boolean isFirst) {
    List<Action> actions = new ArrayList<>();
    Set<TunnelId> there = new HashSet<>();
    for (Sa sa : sas) {
      Optional<TunnelId> named = settings.naming().tunnel(sa);
      named.ifPresent(there::add);
      if (named.filter(left::containsKey).isEmpty()) {
        up(sa, actions);
      }
    }
    for (TunnelId ended : List.copyOf(established.keySet())) {
      if (!there.contains(ended)) {
        established.remove(ended);
        if (left.remove(ended) == null) {
          down(ended, actions);
        }
      }
    }
    if (isFirst) {
      cluster.tunnels().stream()
          .filter(tunnel -> isUpHere(tunnel) && !there.contains(tunnel.tunnel()))
          .filter(tunnel -> !takeovers.isAwaited(tunnel.tunnel()))
          .forEach(tunnel -> down(tunnel.tunnel(), actions));
    }
    return actions;
  }

  private void up(Sa sa, List<Action> actions) {
    Optional<TunnelId> named = settings.naming().tunnel(sa);
    if (named.isEmpty()) {
      sayOnce(
          "expected a tunnel name in the %s of %s but it is none; see --tunnel-name"
              .formatted(settings.naming(), sa),
          actions);
      return;
    }
    TunnelId tunnel = named.get();
    boolean isNew = established.put(tunnel, sa) == null;
    boolean wasAwaited = takeovers.end(tunnel);
    Optional<Assignment> known = cluster.tunnel(tunnel);
    known.ifPresent(
        assignment -> Differences.between(sa, assignment).forEach(line -> sayOnce(line, actions)));
    if (!isNew) {
      return;
    }
    if (known.filter(this::isUpHere).isPresent()) {
      if (wasAwaited) {
        actions.add(
            new Action.Say("%s is established again, on %s".formatted(tunnel, settings.server())));
      }
      return;
    }
    actions.add(
        new Action.Send(new TunnelUp(tunnel, settings.server(), sa.remoteHost(), sa.remotePort())));
  }

  private void down(TunnelId tunnel, List<Action> actions) {
    takeovers.end(tunnel);
    // Without an assignment here there is nothing to end; the assigner would only refuse it.
    boolean isHere = cluster.tunnel(tunnel).filter(known -> isHere(known.server())).isPresent();
    if (isHere) {
      actions.add(new Action.Send(new TunnelDown(tunnel, settings.server())));
    }
  }

  /** All connections that charon is configured with. */
  List<Action> configured(List<ConfiguredChild> children) {
    List<Action> actions = new ArrayList<>();
    takeovers.configured(children);
    if (settings.announce()) {
      announces = Announcements.of(children, settings.naming(), line -> sayOnce(line, actions));
      for (TunnelAnnounce announce : announces.values()) {
        boolean isKnown =
            cluster
                .tunnel(announce.tunnel())
                .filter(known -> Announcements.isKnown(announce, known))
                .isPresent();
        if (!isKnown) {
          actions.add(new Action.Send(announce));
        }
      }
    }
    return actions;
  }

  // ---- the log ---------------------------------------------------------------------------------

  /** Another bridge's up tells how the peer looks from outside. */
  void event(NetworkEvent event) {
    if (event.payload() instanceof TunnelUp up) {
      takeovers.seen(up);
    }
  }

  /** An event was refused; those of other programs are theirs to tell. */
  List<Action> rejected(Rejection rejection) {
    NetworkEvent event = rejection.event();
    boolean isOurs = event != null && event.source().equals(source);
    return isOurs && rejection.code() != RejectionCode.NO_CHANGE
        ? List.of(
            new Action.Say("rejected: %s: %s".formatted(rejection.code(), rejection.message())))
        : List.of();
  }

  /** Something changed. */
  List<Action> decided(Decision decision, Instant now) {
    List<Action> actions = new ArrayList<>();
    if (cluster.apply(decision) && decision.key() instanceof EntityKey.Tunnel key) {
      tunnelDecided(
          key.tunnel(),
          (Assignment) decision.before(),
          (Assignment) decision.after(),
          decision.reason(),
          now,
          actions);
    }
    return actions;
  }

  private void tunnelDecided(
      TunnelId tunnel,
      @Nullable Assignment before,
      @Nullable Assignment after,
      DecisionReason reason,
      Instant now,
      List<Action> actions) {
    if (after == null) {
      takeovers.forget(tunnel);
      announceAgain(tunnel, before, reason, actions);
      return;
    }
    if (!isHere(after.server())) {
      takeovers.end(tunnel);
      leave(tunnel, before, now, actions);
      return;
    }
    boolean hasCome = before == null || !isHere(before.server());
    if (hasCome) {
      comeBack(after);
    }
    Sa sa = left.containsKey(tunnel) ? null : established.get(tunnel);
    if (sa != null) {
      if (hasCome && after.state() != TunnelState.UP) { // it came up before it was announced
        actions.add(
            new Action.Send(
                new TunnelUp(tunnel, settings.server(), sa.remoteHost(), sa.remotePort())));
      }
    } else if (after.state() == TunnelState.UP && before != null && hasCome) {
      takeovers.await(after, now).ifPresent(line -> actions.add(new Action.Say(line)));
    }
  }

  /**
   * Its packets do not come here any more, so its pair would stay until it expires; and if the
   * tunnel came back, it would look established. Ending it tells the peer, too. One that is called
   * by its new gateway loses nothing. One that is not would have no pair whose death it could
   * detect, and if it is not told to start anew in that case, it never would: so that pair stays
   * until the peer has had its time. An IKE SA that several tunnels share is kept.
   */
  private void leave(
      TunnelId tunnel, @Nullable Assignment before, Instant now, List<Action> actions) {
    Sa sa = established.get(tunnel);
    if (sa == null || before == null || !isHere(before.server()) || left.containsKey(tunnel)) {
      return;
    }
    if (takeovers.isCalled(before)) {
      left.put(tunnel, Instant.MAX);
      end(tunnel, sa, actions);
    } else {
      left.put(tunnel, now.plus(settings.absentAfter()));
    }
  }

  /** A pair that has not been ended counts again: maybe its peer has never missed it. */
  private void comeBack(Assignment tunnel) {
    Instant ends = left.get(tunnel.tunnel());
    if (ends != null && ends.isBefore(Instant.MAX)) {
      left.remove(tunnel.tunnel());
    }
  }

  private void end(TunnelId tunnel, Sa sa, List<Action> actions) {
    if (settings.naming() != TunnelNaming.CHILD && !sa.ikeId().isEmpty()) {
      actions.add(new Action.Terminate(tunnel, sa.ikeId()));
    }
  }

  /** It is still configured, so its peer may come at any time; a withdrawal is somebody's wish. */
  private void announceAgain(
      TunnelId tunnel, @Nullable Assignment before, DecisionReason reason, List<Action> actions) {
    TunnelAnnounce announce = announces.get(tunnel);
    boolean wasHere = before != null && (before.isPending() || isHere(before.server()));
    if (announce != null && wasHere && reason != DecisionReason.WITHDRAWN) {
      actions.add(new Action.Send(announce));
    }
  }

  // ---- time ------------------------------------------------------------------------------------

  /** Whatever is due. */
  List<Action> tick(Instant now) {
    List<Action> actions = new ArrayList<>(takeovers.calls(now));
    for (TunnelId absent : takeovers.absent(now)) {
      actions.add(
          new Action.Say(
              "%s moved here and its peer has not come: reported down".formatted(absent)));
      down(absent, actions);
    }
    left.forEach(
        (tunnel, ends) -> {
          Sa sa = established.get(tunnel);
          if (sa != null && !ends.isAfter(now)) {
            end(tunnel, sa, actions);
          }
        });
    left.replaceAll((_, ends) -> ends.isAfter(now) ? ends : Instant.MAX);
    return actions;
  }

  /** An event could not be written: the next list makes it good. */
  void unsent(TunnelEvent event) {
    switch (event) {
      case TunnelUp up -> established.remove(up.tunnel());
      case TunnelDown down -> takeovers.giveUp(down.tunnel());
      case TunnelAnnounce _, TunnelWithdraw _, TunnelPin _, TunnelUnpin _ -> {} // announced again
    }
  }

  /** True if something falls due soon, so that time must be looked at often. */
  boolean isCalling() {
    return takeovers.isCalling();
  }

  // ---- small things ----------------------------------------------------------------------------

  private boolean isHere(@Nullable ServerId server) {
    return settings.server().equals(server);
  }

  private boolean isUpHere(Assignment tunnel) {
    return tunnel.state() == TunnelState.UP && isHere(tunnel.server());
  }

  private void sayOnce(String line, List<Action> actions) {
    if (said.size() < 10_000 && said.add(line)) {
      actions.add(new Action.Say(line));
    }
  }
}

package org.pointsman.nms.strongswan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUp;
import org.pointsman.nms.follow.FollowedCluster;

final class BridgeCoreTest {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final ServerId HERE = new ServerId("rs-1");
  private static final TunnelId OSLO = new TunnelId("oslo");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SOURCE = "bridge";
  private static final Sa SA = sa("oslo", "192.0.2.7", "10.1.2.0/28");
  private static final ConfiguredChild CHILD = child("oslo", "192.0.2.7");
  private static final BridgeSettings SETTINGS = BridgeSettings.of(HERE);

  private long epoch = 10;

  private static Sa sa(String name, String host, String subnet) {
    return new Sa(
        "7", name, "net", name + ".example", IpAddress.parse(host), 4500, List.of(subnet));
  }

  private static ConfiguredChild child(String name, String host) {
    return new ConfiguredChild(
        name, "net", name + ".example", List.of(host), List.of("10.1.2.0/28"));
  }

  private static Assignment tunnel(
      String name, TunnelState state, @Nullable String server, long epoch) {
    return new Assignment(
        CLUSTER,
        new TunnelId(name),
        state,
        server == null ? null : new ServerId(server),
        List.of(IpAddress.parse("192.0.2.7")),
        List.of(IpPrefix.parse("10.1.2.0/28")),
        0,
        false,
        NOW,
        null,
        1,
        epoch);
  }

  private static Assignment oslo(TunnelState state, String server) {
    return tunnel("oslo", state, server, 1);
  }

  private static BridgeCore core(BridgeSettings settings, Assignment... known) {
    FollowedCluster cluster = new FollowedCluster(CLUSTER);
    Arrays.stream(known).forEach(cluster::load);
    return new BridgeCore(settings, SOURCE, cluster);
  }

  private Decision moved(@Nullable Assignment before, String server, DecisionReason reason) {
    epoch++;
    TunnelState state = before == null ? TunnelState.ANNOUNCED : before.state();
    return new Decision(
        tunnel("oslo", state, server, epoch).key(),
        epoch,
        new Cause.ByEvent(0, epoch, "e"),
        before,
        tunnel("oslo", state, server, epoch),
        reason,
        NOW);
  }

  private Decision released(Assignment before, DecisionReason reason) {
    epoch++;
    return new Decision(
        before.key(), epoch, new Cause.ByEvent(0, epoch, "e"), before, null, reason, NOW);
  }

  private static List<TunnelEvent> sent(List<Action> actions) {
    return actions.stream()
        .filter(Action.Send.class::isInstance)
        .map(action -> ((Action.Send) action).event())
        .toList();
  }

  private static List<String> said(List<Action> actions) {
    return actions.stream()
        .filter(Action.Say.class::isInstance)
        .map(action -> ((Action.Say) action).line())
        .toList();
  }

  private static final TunnelUp UP = new TunnelUp(OSLO, HERE, IpAddress.parse("192.0.2.7"), 4500);

  // ---- up and down -----------------------------------------------------------------------------

  @Test
  void anUpIsReportedOnceWithWhereThePeerIs() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.ANNOUNCED, "rs-1"));
    assertThat(core.updown(true, List.of(SA))).containsExactly(new Action.Send(UP));
    assertThat(core.updown(true, List.of(SA))).isEmpty();
  }

  @Test
  void anEndIsBelievedOnlyWhenTheListSaysSo() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.ANNOUNCED, "rs-1"));
    core.updown(true, List.of(SA));
    assertThat(core.updown(false, List.of(SA))).containsExactly(new Action.ListSas());
    assertThat(core.listed(List.of(SA), false)).isEmpty(); // a newer pair serves
    assertThat(core.listed(List.of(), false))
        .containsExactly(new Action.Send(new TunnelDown(OSLO, HERE)));
    assertThat(core.listed(List.of(), false)).isEmpty();
  }

  @Test
  void theFirstListCatchesUpWithBothKindsOfMissedEvents() {
    BridgeCore core =
        core(
            SETTINGS,
            oslo(TunnelState.ANNOUNCED, "rs-1"),
            tunnel("bergen", TunnelState.UP, "rs-1", 2),
            tunnel("tromso", TunnelState.UP, "rs-2", 3));
    assertThat(sent(core.listed(List.of(SA), true)))
        .containsExactly(UP, new TunnelDown(new TunnelId("bergen"), HERE));
  }

  @Test
  void whatTheLogKnowsIsNotReportedAgain() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.UP, "rs-1"));
    assertThat(core.listed(List.of(SA), true)).isEmpty();
  }

  @Test
  void aTunnelThatIsNotHereIsNotReportedDown() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.UP, "rs-2"));
    assertThat(sent(core.updown(true, List.of(SA)))).containsExactly(UP); // to be told MISPLACED
    assertThat(core.listed(List.of(), false)).isEmpty();
  }

  @Test
  void anUpThatCouldNotBeWrittenIsReportedWithTheNextList() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.ANNOUNCED, "rs-1"));
    core.updown(true, List.of(SA));
    core.unsent(UP);
    assertThat(sent(core.listed(List.of(SA), false))).containsExactly(UP);
  }

  @Test
  void aTunnelThatIsAnnouncedAfterItCameUpIsReportedThen() {
    BridgeCore core = core(SETTINGS);
    assertThat(sent(core.updown(true, List.of(SA)))).containsExactly(UP); // NOT_ANNOUNCED
    assertThat(sent(core.decided(moved(null, "rs-1", DecisionReason.ASSIGNED), NOW)))
        .containsExactly(UP);
  }

  // ---- what is shown ---------------------------------------------------------------------------

  @Test
  void anotherSubnetThanTheAnnouncedOneIsShownOnce() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.ANNOUNCED, "rs-1"));
    Sa other = sa("oslo", "192.0.2.7", "10.9.9.0/28");
    assertThat(said(core.updown(true, List.of(other))))
        .containsExactly(
            "tunnel oslo was announced with subnet 10.1.2.0/28 but its peer has agreed on 10.9.9.0/28; announce it anew, or correct one of the two");
    assertThat(said(core.listed(List.of(other), false))).isEmpty();
  }

  @Test
  void anotherAddressThanTheAnnouncedOneIsShown() {
    BridgeCore core = core(SETTINGS, oslo(TunnelState.ANNOUNCED, "rs-1"));
    assertThat(said(core.updown(true, List.of(sa("oslo", "192.0.2.99", "10.1.2.0/28")))))
        .singleElement()
        .asString()
        .contains("announced from [192.0.2.7] but its peer is at 192.0.2.99");
  }

  @Test
  void rejectionsOfOwnEventsAreShownAndNoOthers() {
    BridgeCore core = core(SETTINGS);
    assertThat(core.rejected(rejection(SOURCE, RejectionCode.NOT_ANNOUNCED)))
        .containsExactly(new Action.Say("rejected: NOT_ANNOUNCED: the reason"));
    assertThat(core.rejected(rejection(SOURCE, RejectionCode.MISPLACED)))
        .containsExactly(new Action.Say("rejected: MISPLACED: the reason"));
    assertThat(core.rejected(rejection(SOURCE, RejectionCode.NO_CHANGE))).isEmpty();
    assertThat(core.rejected(rejection("nms", RejectionCode.NOT_ANNOUNCED))).isEmpty();
  }

  private static Rejection rejection(String source, RejectionCode code) {
    NetworkEvent event = new NetworkEvent("e", CLUSTER, NOW, source, UP);
    return new Rejection(CLUSTER, 0, 1, event, null, 0, code, "the reason", NOW);
  }

  @Test
  void aNameThatIsNoTunnelsIsShown() {
    BridgeCore core = core(SETTINGS.withNaming(TunnelNaming.REMOTE_ID));
    Sa sa =
        new Sa("7", "any", "net", "C=NO, CN=oslo", IpAddress.parse("192.0.2.7"), 500, List.of());
    List<Action> actions = core.updown(true, List.of(sa));
    assertThat(sent(actions)).isEmpty();
    assertThat(said(actions))
        .containsExactly(
            "expected a tunnel name in the REMOTE_ID of any/net of 192.0.2.7 (C=NO, CN=oslo) but it is none; see --tunnel-name");
  }

  @Test
  void eachNamingTakesItsPart() {
    assertThat(TunnelNaming.CONNECTION.tunnel(SA)).contains(OSLO);
    assertThat(TunnelNaming.CHILD.tunnel(SA)).contains(new TunnelId("net"));
    assertThat(TunnelNaming.REMOTE_ID.tunnel(SA)).contains(new TunnelId("oslo.example"));
  }

  // ---- announce --------------------------------------------------------------------------------

  @Test
  void configuredConnectionsAreAnnouncedUnlessTheLogKnowsThem() {
    BridgeCore core = core(SETTINGS.withAnnounce(true), oslo(TunnelState.ANNOUNCED, "rs-1"));
    ConfiguredChild any = child("any", "%any");
    List<Action> actions = core.configured(List.of(CHILD, child("bergen", "192.0.2.9"), any));
    assertThat(sent(actions))
        .containsExactly(
            new TunnelAnnounce(
                new TunnelId("bergen"),
                List.of(IpAddress.parse("192.0.2.9")),
                List.of(IpPrefix.parse("10.1.2.0/28")),
                0));
    assertThat(said(actions)).singleElement().asString().startsWith("connection any/net is not");
    assertThat(said(core.configured(List.of(any)))).isEmpty();
  }

  @Test
  void withoutTheOptionNothingIsAnnounced() {
    assertThat(core(SETTINGS).configured(List.of(CHILD))).isEmpty();
  }

  @Test
  void aReleasedTunnelIsAnnouncedAgainByItsServerAloneAndNotAgainstAWithdrawal() {
    Assignment here = oslo(TunnelState.LINGERING, "rs-1");
    Assignment elsewhere = oslo(TunnelState.LINGERING, "rs-2");
    for (boolean isHere : List.of(true, false)) {
      for (DecisionReason reason : List.of(DecisionReason.LINGER_ENDED, DecisionReason.WITHDRAWN)) {
        Assignment before = isHere ? here : elsewhere;
        BridgeCore core = core(SETTINGS.withAnnounce(true), before);
        core.configured(List.of(CHILD));
        assertThat(sent(core.decided(released(before, reason), NOW)))
            .as("%s %s", isHere, reason)
            .hasSize(isHere && reason == DecisionReason.LINGER_ENDED ? 1 : 0);
      }
    }
  }

  // ---- takeover --------------------------------------------------------------------------------

  private static final Instant DUE = NOW.plus(SETTINGS.takeoverDelay());

  @Test
  void thePeerOfATunnelThatMovesHereWhileUpIsCalledAfterTheDelay() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore core = core(SETTINGS, before);
    core.configured(List.of(CHILD));
    assertThat(core.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW)).isEmpty();
    assertThat(core.tick(DUE.minusMillis(1))).isEmpty();
    assertThat(core.tick(DUE)).containsExactly(new Action.Initiate(OSLO, "oslo", "net"));
    assertThat(core.tick(DUE.plusSeconds(1))).isEmpty();
    assertThat(core.updown(true, List.of(SA)))
        .containsExactly(new Action.Say("oslo is established again, on rs-1"));
  }

  @Test
  void aPeerThatComesByItselfIsNotCalled() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore core = core(SETTINGS, before);
    core.configured(List.of(CHILD));
    core.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW);
    core.updown(true, List.of(SA));
    assertThat(core.tick(DUE)).isEmpty();
  }

  @Test
  void aTunnelThatMovesOnIsNotCalledFromHere() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore core = core(SETTINGS, before);
    core.configured(List.of(CHILD));
    Decision first = moved(before, "rs-1", DecisionReason.SERVER_DOWN);
    core.decided(first, NOW);
    core.decided(moved((Assignment) first.after(), "rs-3", DecisionReason.SERVER_DOWN), NOW);
    assertThat(core.tick(DUE)).isEmpty();
  }

  /** Else a pair from before would hide that the peer has to be called. */
  @Test
  void whatIsLeftOverDoesNotCountWhenTheTunnelComesBack() {
    Assignment here = oslo(TunnelState.UP, "rs-1");
    BridgeCore core = core(SETTINGS, here);
    core.configured(List.of(CHILD));
    core.updown(true, List.of(SA));
    Decision away = moved(here, "rs-2", DecisionReason.FLUSHED);
    assertThat(core.decided(away, NOW)).containsExactly(new Action.Terminate(OSLO, "7"));
    assertThat(core.listed(List.of(SA), false)).isEmpty();
    Assignment there = (Assignment) away.after();
    core.decided(moved(there, "rs-1", DecisionReason.SERVER_DOWN), NOW);
    assertThat(core.listed(List.of(SA), false)).isEmpty();
    assertThat(core.tick(DUE)).containsExactly(new Action.Initiate(OSLO, "oslo", "net"));
    assertThat(said(core.updown(true, List.of(SA))))
        .containsExactly("oslo is established again, on rs-1");
  }

  /** Its peer would be told that the pair is gone, and many a peer then does nothing more. */
  @Test
  void whatIsLeftOfATunnelThatNobodyCallsIsEndedOnlyWhenItsPeerHasHadItsTime() {
    Assignment here = oslo(TunnelState.UP, "rs-1");
    BridgeCore core = core(SETTINGS.withTakeoversPerSecond(0), here);
    core.configured(List.of(CHILD));
    core.updown(true, List.of(SA));
    assertThat(core.decided(moved(here, "rs-2", DecisionReason.FLUSHED), NOW)).isEmpty();
    assertThat(core.listed(List.of(SA), false)).isEmpty();
    assertThat(core.tick(NOW.plus(SETTINGS.absentAfter()).minusMillis(1))).isEmpty();
    assertThat(core.tick(NOW.plus(SETTINGS.absentAfter())))
        .containsExactly(new Action.Terminate(OSLO, "7"));
    assertThat(core.tick(NOW.plus(SETTINGS.absentAfter()).plusSeconds(1))).isEmpty();
    assertThat(core.listed(List.of(), false)).isEmpty();
  }

  @Test
  void aPairThatWasNotEndedCountsAgainWhenItsTunnelComesBack() {
    Assignment here = oslo(TunnelState.UP, "rs-1");
    BridgeCore core = core(SETTINGS.withTakeoversPerSecond(0), here);
    core.updown(true, List.of(SA));
    Decision away = moved(here, "rs-2", DecisionReason.FLUSHED);
    core.decided(away, NOW);
    Decision back = moved((Assignment) away.after(), "rs-1", DecisionReason.SERVER_DOWN);
    assertThat(core.decided(back, NOW)).isEmpty();
    assertThat(core.tick(NOW.plus(SETTINGS.absentAfter()))).isEmpty();
    assertThat(sent(core.listed(List.of(), false))).containsExactly(new TunnelDown(OSLO, HERE));
  }

  @Test
  void anIkeSaThatTunnelsShareIsNotEnded() {
    Assignment here = tunnel("net", TunnelState.UP, "rs-1", 1);
    BridgeCore core = core(SETTINGS.withNaming(TunnelNaming.CHILD), here);
    core.updown(true, List.of(SA));
    Assignment there = tunnel("net", TunnelState.UP, "rs-2", 20);
    Decision away =
        new Decision(
            here.key(), 20, new Cause.ByEvent(0, 1, "e"), here, there, DecisionReason.FLUSHED, NOW);
    assertThat(core.decided(away, NOW)).isEmpty();
  }

  @Test
  void aPeerThatNeverComesIsReportedDown() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore core = core(SETTINGS.withTakeoversPerSecond(0), before);
    core.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW);
    assertThat(sent(core.listed(List.of(), true))).isEmpty(); // it still may come
    assertThat(core.tick(NOW.plus(SETTINGS.absentAfter()).minusMillis(1))).isEmpty();
    assertThat(sent(core.tick(NOW.plus(SETTINGS.absentAfter()))))
        .containsExactly(new TunnelDown(OSLO, HERE));
  }

  @Test
  void onlyTunnelsThatWereUpAreCalled() {
    for (TunnelState state : TunnelState.values()) {
      Assignment before = oslo(state, "rs-2");
      BridgeCore core = core(SETTINGS, before);
      core.configured(List.of(CHILD));
      core.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW);
      assertThat(core.tick(DUE)).hasSize(state == TunnelState.UP ? 1 : 0);
    }
  }

  @Test
  void peersBehindNatAreNotCalled() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore shared = core(SETTINGS, before, tunnel("bergen", TunnelState.UP, "rs-2", 2));
    shared.configured(List.of(CHILD));
    assertThat(said(shared.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW)))
        .singleElement()
        .asString()
        .contains("shares an outer address with another");
    assertThat(shared.tick(DUE)).isEmpty();

    BridgeCore translated = core(SETTINGS, before);
    translated.configured(List.of(CHILD));
    translated.event(
        new NetworkEvent(
            "e",
            CLUSTER,
            NOW,
            "rs-2",
            new TunnelUp(OSLO, new ServerId("rs-2"), IpAddress.parse("192.0.2.7"), 61_000)));
    assertThat(said(translated.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW)))
        .singleElement()
        .asString()
        .contains("seen at a translated port");
  }

  @Test
  void aConnectionWithoutTheAddressOrNoneIsSaid() {
    Assignment before = oslo(TunnelState.UP, "rs-2");
    BridgeCore none = core(SETTINGS, before);
    assertThat(said(none.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW)))
        .containsExactly(
            "oslo moved here and is not called: charon has no connection for it; its peer has to start");
    BridgeCore any = core(SETTINGS, before);
    any.configured(List.of(child("oslo", "%any")));
    assertThat(said(any.decided(moved(before, "rs-1", DecisionReason.SERVER_DOWN), NOW)))
        .containsExactly(
            "oslo moved here and is not called: connection oslo has no remote address to call, only [%any]; its peer has to start");
  }

  @Test
  void callsAreLimitedByTheSecond() {
    TakeoverQueue queue = new TakeoverQueue(3);
    for (int i = 0; i < 10; i++) {
      queue.add(new TunnelId("t" + i), NOW);
    }
    assertThat(queue.take(NOW)).hasSize(3);
    assertThat(queue.take(NOW)).isEmpty();
    assertThat(queue.take(NOW.plusMillis(400))).hasSize(1);
    assertThat(queue.take(NOW.plus(Duration.ofSeconds(60)))).hasSize(3); // nothing is saved up
    assertThat(queue.take(NOW.plusSeconds(61))).hasSize(3);
    assertThat(queue.isEmpty()).isTrue();
  }
}

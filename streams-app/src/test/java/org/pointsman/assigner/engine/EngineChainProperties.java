package org.pointsman.assigner.engine;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/**
 * Chains of events and of time passing, after each of which every invariant holds. It overlaps with
 * {@link EngineSimulation}, whose longer runs get further, but a chain that fails here is first
 * made as short as it can be: mostly a handful of events that tell the story by themselves.
 *
 * <p>{@code -Dchain.length=N} makes chains longer; the nightly size has 120,000 steps.
 */
final class EngineChainProperties {
  private static final int TRIES = 200;
  private static final int LENGTH = Integer.getInteger("chain.length", 40);
  private static final AtomicLong STEPS = new AtomicLong();

  /** A cluster on trial with the last step that it was put through. */
  static final class World {
    final EngineTrial trial = new EngineTrial(new SplittableRandom(1));
    EngineTrial.@Nullable Step last;

    World does(Function<EngineTrial, EngineTrial.Step> step) {
      STEPS.incrementAndGet();
      last = step.apply(trial);
      return this;
    }

    @Override
    public String toString() {
      return trial.lastSteps();
    }
  }

  @AfterContainer
  static void tellHowMany() {
    System.out.printf("EngineChainProperties: %,d steps%n", STEPS.get());
  }

  @Property(tries = TRIES)
  void everyInvariantHoldsAfterEveryStep(@ForAll("chains") ActionChain<World> chain) {
    ActionChain<World> checked = chain;
    for (var invariant : EngineInvariants.ALL.entrySet()) {
      checked =
          checked.withInvariant(
              invariant.getKey(),
              world -> {
                if (world.last != null) {
                  invariant.getValue().accept(world.trial, world.last);
                }
              });
    }
    checked.run().trial.theLogLeadsToTheSameDecisionsAgain();
  }

  @Provide
  Arbitrary<ActionChain<World>> chains() {
    return ActionChain.startWith(World::new)
        .withAction(20, passes())
        .withAction(40, tells("announce", announces()))
        .withAction(30, tellsOf("up", (tunnel, server) -> new TunnelUp(tunnel, server)))
        .withAction(15, tellsOf("down", (tunnel, server) -> new TunnelDown(tunnel, server)))
        .withAction(6, tells("withdraw", tunnels().map(TunnelWithdraw::new)))
        .withAction(6, tells("pin", Combinators.combine(tunnels(), servers()).as(TunnelPin::new)))
        .withAction(4, tells("unpin", tunnels().map(TunnelUnpin::new)))
        .withAction(20, tells("register", registers()))
        .withAction(4, tells("server down", servers().map(ServerDown::new)))
        .withAction(6, tells("server up", servers().map(ServerUp::new)))
        .withAction(4, tells("drain", drains()))
        .withAction(3, tells("flush", servers().map(ServerFlush::new)))
        .withAction(5, tells("activate", servers().map(ServerActivate::new)))
        .withAction(3, tells("remove", removes()))
        .withAction(4, tells("configure", configures()))
        .withAction(4, tells("rebalance", rebalances()))
        .withMaxTransformations(LENGTH);
  }

  private static Action<World> passes() {
    return (Action.Independent<World>)
        () ->
            Arbitraries.longs()
                .between(1, Duration.ofMinutes(2).toMillis())
                .map(
                    millis ->
                        Transformer.transform(
                            millis + " ms pass",
                            world -> world.does(trial -> trial.pass(Duration.ofMillis(millis)))));
  }

  private static Action<World> tells(String name, Arbitrary<? extends Event> events) {
    return (Action.Independent<World>)
        () ->
            events.map(
                event ->
                    Transformer.transform(
                        name + " " + event, world -> world.does(trial -> trial.tell(event))));
  }

  /** An event about a tunnel that names a server: mostly its own, which only the world knows. */
  private static Action<World> tellsOf(
      String name, java.util.function.BiFunction<TunnelId, ServerId, Event> event) {
    return (Action.Independent<World>)
        () ->
            Combinators.combine(tunnels(), servers(), oneIn(8))
                .as(Tuple::of)
                .map(
                    told ->
                        Transformer.transform(
                            name + " " + told,
                            world ->
                                world.does(
                                    trial -> {
                                      Assignment tunnel = trial.state.assignment(told.get1());
                                      @Nullable ServerId its =
                                          tunnel == null ? null : tunnel.server();
                                      boolean another = told.get3() || its == null;
                                      ServerId server =
                                          another ? told.get2() : Objects.requireNonNull(its);
                                      return trial.tell(event.apply(told.get1(), server));
                                    })));
  }

  private static Arbitrary<TunnelAnnounce> announces() {
    Arbitrary<List<IpAddress>> addresses =
        Arbitraries.integers()
            .between(0, RandomEvents.ADDRESSES - 1)
            .map(RandomEvents::address)
            .list()
            .ofMinSize(1)
            .ofMaxSize(2);
    Arbitrary<List<IpPrefix>> subnets =
        Arbitraries.integers()
            .between(0, RandomEvents.SUBNETS - 1)
            .map(RandomEvents::subnet)
            .list()
            .ofMinSize(1)
            .ofMaxSize(2);
    Arbitrary<Long> traffic = Arbitraries.of(0L, 1L, 10L, 100L, Long.MAX_VALUE);
    return Combinators.combine(tunnels(), addresses, subnets, traffic).as(TunnelAnnounce::new);
  }

  private static Arbitrary<ServerRegister> registers() {
    return Combinators.combine(
            servers(),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 8).injectNull(0.5),
            Arbitraries.longs().between(1, 250).injectNull(0.5))
        .as(
            (server, weight, tunnels, bits) ->
                new ServerRegister(server, RandomEvents.address(0), null, weight, tunnels, bits));
  }

  private static Arbitrary<ServerDrain> drains() {
    return Combinators.combine(servers(), minutes().injectNull(0.5)).as(ServerDrain::new);
  }

  private static Arbitrary<ServerRemove> removes() {
    return Combinators.combine(servers(), oneIn(2)).as(ServerRemove::new);
  }

  private static Arbitrary<ClusterConfigure> configures() {
    Arbitrary<Policy> policies =
        Arbitraries.of(Set.copyOf(EnumSet.allOf(Policy.class))).injectNull(0.5);
    return Combinators.combine(
            policies,
            minutes().injectNull(0.8),
            minutes().injectNull(0.8),
            minutes().injectNull(0.8))
        .as(
            (policy, linger, announceTimeout, drainDeadline) ->
                new ClusterConfigure(policy, null, linger, announceTimeout, drainDeadline));
  }

  private static Arbitrary<ClusterRebalance> rebalances() {
    return Combinators.combine(Arbitraries.integers().between(1, 6), oneIn(2))
        .as(ClusterRebalance::new);
  }

  private static Arbitrary<TunnelId> tunnels() {
    return Arbitraries.integers()
        .between(0, RandomEvents.TUNNELS - 1)
        .map(number -> new TunnelId("t" + number));
  }

  private static Arbitrary<ServerId> servers() {
    return Arbitraries.integers().between(0, RandomEvents.SERVERS - 1).map(RandomEvents::serverId);
  }

  private static Arbitrary<Duration> minutes() {
    return Arbitraries.longs().between(0, 60).map(Duration::ofMinutes);
  }

  private static Arbitrary<Boolean> oneIn(int n) {
    return Arbitraries.integers().between(1, n).map(drawn -> drawn == n);
  }
}

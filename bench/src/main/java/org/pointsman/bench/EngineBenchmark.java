package org.pointsman.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelUp;

/**
 * The engine alone, decisions a second: made and applied, without Kafka.
 *
 * <p>The cluster keeps as many tunnels as the parameter says, on 16 servers of three weights. Each
 * step announces a tunnel, brings it up, takes the one down that has been up longest, and lets the
 * one go that has lingered longest: four decisions, three on events and one on a deadline. The
 * events are made beforehand where they can be, because that is the decoder's work.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1", "-Xms2g", "-Xmx2g"})
@State(Scope.Thread)
public class EngineBenchmark {
  private static final ClusterId CLUSTER = new ClusterId("c1");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int SERVERS = 16;
  private static final int LINGERING = 1_000;
  private static final int GONE = 1_000;

  @Param({"ROUND_ROBIN", "LEAST_TUNNELS", "LEAST_TRAFFIC", "RENDEZVOUS"})
  Policy policy = Policy.ROUND_ROBIN;

  @Param("100000")
  int tunnels;

  private ClusterState state = new ClusterState(CLUSTER);
  private NetworkEvent[] announces = {};
  private NetworkEvent[] downs = {};
  private long offset;
  private long steps;

  public static void main(String... arguments) throws RunnerException, CommandLineOptionException {
    Jmh.run(EngineBenchmark.class, arguments);
  }

  /** All tunnels up but those that are lingering. */
  @Setup(Level.Trial)
  public void fill() {
    int all = tunnels + GONE;
    announces = new NetworkEvent[all];
    downs = new NetworkEvent[all];
    for (int i = 0; i < all; i++) {
      TunnelId tunnel = new TunnelId("tunnel-" + i);
      announces[i] = event("a" + i, announce(tunnel, i));
      downs[i] = event("d" + i, new TunnelDown(tunnel, null));
    }
    state = new ClusterState(CLUSTER);
    decide(event("c", new ClusterConfigure(policy, null, lingerTime(), null, null)));
    for (int i = 0; i < SERVERS; i++) {
      decide(event("s" + i, server(i)));
    }
    for (int i = 0; i < tunnels; i++) {
      decide(announces[i]);
      decide(up(i));
    }
    for (steps = 0; steps < LINGERING; steps++) {
      decide(downs[(int) steps]);
    }
  }

  @Benchmark
  @OperationsPerInvocation(4)
  public void announceUpDownAndRelease() {
    int comes = (int) ((steps - LINGERING + tunnels) % announces.length);
    int goes = (int) (steps % announces.length);
    decide(announces[comes]);
    decide(up(comes));
    decide(downs[goes]);
    List<Decision> released = Decider.due(state, 0, now());
    if (released.size() != 1) {
      throw new AssertionError("expected one release at step " + steps + " but got " + released);
    }
    state.apply(released.getFirst());
    steps++;
    if (state.tunnelCount() != tunnels) {
      throw new AssertionError("expected " + tunnels + " tunnels but got " + state.tunnelCount());
    }
  }

  private void decide(NetworkEvent event) {
    Cause cause = new Cause.ByEvent(0, offset++, event.eventId());
    switch (Decider.decide(state, event, cause, now())) {
      case Outcome.Decided(List<Decision> decisions) -> {
        if (decisions.size() != 1) {
          throw new AssertionError("expected one decision but got " + decisions);
        }
        state.apply(decisions.getFirst());
      }
      case Outcome.Rejected rejected -> throw new AssertionError(event + " led to " + rejected);
    }
  }

  /** Names the server that the tunnel was given, so it cannot be made beforehand. */
  private NetworkEvent up(int number) {
    TunnelId tunnel = ((TunnelAnnounce) announces[number].payload()).tunnel();
    Assignment assigned = state.assignment(tunnel);
    if (assigned == null || assigned.server() == null) {
      throw new AssertionError("expected a server for " + tunnel + " but got " + assigned);
    }
    return event(downs[number].eventId(), new TunnelUp(tunnel, assigned.server()));
  }

  /** One millisecond a step. */
  private Instant now() {
    return START.plusMillis(steps);
  }

  private static Duration lingerTime() {
    return Duration.ofMillis(LINGERING);
  }

  private static NetworkEvent event(String id, Event payload) {
    return new NetworkEvent(id, CLUSTER, START, "bench", payload);
  }

  private static TunnelAnnounce announce(TunnelId tunnel, int number) {
    return new TunnelAnnounce(
        tunnel,
        List.of(IpAddress.v4(0xc0000000 + number)),
        List.of(new IpPrefix(new IpAddress(IpFamily.V4, 0, 0x0a000000L + (number << 4)), 28)),
        1_000_000L * (1 + number % 7));
  }

  private static ServerRegister server(int number) {
    return new ServerRegister(
        new ServerId("rs-" + number),
        IpAddress.v4(0x0aff0000 + number),
        null,
        1 + number % 3,
        null,
        null);
  }
}

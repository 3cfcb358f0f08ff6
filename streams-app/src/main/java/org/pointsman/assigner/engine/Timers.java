package org.pointsman.assigner.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.pointsman.assigner.engine.Relocation.Otherwise;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.TunnelState;

/**
 * What happens by itself when its time has come: a tunnel that was announced and never came up, or
 * that is down for its linger time, is released; a server whose drain has lasted long enough is
 * emptied, as far as others can take what is left. Pending tunnels are served when all that is due
 * has happened, so that none is given a server only to be released in the same breath.
 */
final class Timers {
  private Timers() {}

  static List<Decision> due(ClusterView view, int partition, Instant now) {
    Instant until = now.truncatedTo(ChronoUnit.MILLIS);
    List<Deadline> deadlines = view.deadlinesUntil(until);
    if (deadlines.isEmpty()) {
      return List.of();
    }
    Plan plan = new Plan(view, new Cause.ByTimer(partition, deadlines.getFirst().due()), until);
    for (Deadline deadline : deadlines) {
      if (deadline.due().equals(plan.view().deadlineOf(deadline.key()))) {
        plan.because(new Cause.ByTimer(partition, deadline.due()));
        expire(plan, deadline.key());
      }
    }
    PendingTunnels.serve(plan);
    return List.copyOf(plan.decisions());
  }

  private static void expire(Plan plan, EntityKey key) {
    switch (key) {
      case EntityKey.Config _ -> throw new AssertionError("settings have no deadline");
      case EntityKey.Tunnel tunnel -> {
        Assignment expired = plan.view().assignment(tunnel.tunnel());
        if (expired != null) {
          plan.release(expired, reason(expired.state()));
          Relocation.afterLoosening(plan, expired);
        }
      }
      case EntityKey.Server server -> {
        RealServer drained = plan.view().server(server.server());
        if (drained != null) {
          endDrain(plan, drained);
        }
      }
    }
  }

  /** The server keeps draining, without a deadline now; what no other can take stays. */
  private static void endDrain(Plan plan, RealServer server) {
    plan.change(
        server, Change.draining(server, server.draining(), null), DecisionReason.DRAIN_DEADLINE);
    Relocation.empty(
        plan, server.server(), _ -> true, DecisionReason.DRAIN_DEADLINE, Otherwise.STAYS);
  }

  private static DecisionReason reason(TunnelState state) {
    return switch (state) {
      case ANNOUNCED -> DecisionReason.ANNOUNCE_TIMED_OUT;
      case LINGERING -> DecisionReason.LINGER_ENDED;
      case UP -> throw new AssertionError("a tunnel that is up has no deadline");
    };
  }
}

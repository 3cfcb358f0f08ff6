package org.pointsman.assigner.engine;

import org.pointsman.model.Decision;

/**
 * Decisions tried out: looks like the state as it will be when they are applied, and leaves the
 * state under it as it is. Lives as long as one call of the {@link Decider}.
 */
final class Draft extends Tables {
  Draft(Tables state) {
    super(state);
  }

  void add(Decision decision) {
    put(decision);
  }
}

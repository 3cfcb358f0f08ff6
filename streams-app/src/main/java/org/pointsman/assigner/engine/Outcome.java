package org.pointsman.assigner.engine;

import java.util.List;
import org.pointsman.model.Decision;
import org.pointsman.model.RejectionCode;

/** What becomes of an event. */
public sealed interface Outcome {

  /**
   * It changes something.
   *
   * @param decisions what, in order; one or more, their epochs without gaps
   */
  record Decided(List<Decision> decisions) implements Outcome {
    public Decided {
      decisions = List.copyOf(decisions);
    }
  }

  /**
   * It changes nothing.
   *
   * @param code why
   * @param message why, as a sentence for the person who sent the event: "expected … but …; do …"
   */
  record Rejected(RejectionCode code, String message) implements Outcome {}
}

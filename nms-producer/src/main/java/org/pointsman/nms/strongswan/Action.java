package org.pointsman.nms.strongswan;

import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelId;

/** What a bridge has to do next. */
sealed interface Action {

  /** Write an event to the log. */
  record Send(TunnelEvent event) implements Action {}

  /** Ask charon for the security associations that it has: something may have ended. */
  record ListSas() implements Action {}

  /** Have charon start IKE towards the peer of a tunnel. */
  record Initiate(TunnelId tunnel, String connection, String child) implements Action {}

  /**
   * Have charon end an IKE SA whose tunnel has moved away: packets for it do not come here any
   * more.
   */
  record Terminate(TunnelId tunnel, String ikeId) implements Action {}

  /** Tell the operator. */
  record Say(String line) implements Action {}
}

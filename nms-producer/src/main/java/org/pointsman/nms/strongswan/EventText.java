package org.pointsman.nms.strongswan;

import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/** Events as lines for the operator. */
final class EventText {
  private EventText() {}

  static String line(TunnelEvent event) {
    return switch (event) {
      case TunnelAnnounce announce ->
          "announce %s: from %s, with %s"
              .formatted(announce.tunnel(), announce.outerAddresses(), announce.innerSubnets());
      case TunnelUp up ->
          up.observedAddress() == null
              ? "up %s on %s".formatted(up.tunnel(), up.server())
              : "up %s on %s, peer at %s port %s"
                  .formatted(up.tunnel(), up.server(), up.observedAddress(), up.observedPort());
      case TunnelDown down -> "down %s on %s".formatted(down.tunnel(), down.server());
      case TunnelWithdraw withdraw -> "withdraw " + withdraw.tunnel();
      case TunnelPin pin -> "pin %s to %s".formatted(pin.tunnel(), pin.server());
      case TunnelUnpin unpin -> "unpin " + unpin.tunnel();
    };
  }
}

package org.pointsman.model;

/** An event about one tunnel. */
public sealed interface TunnelEvent extends Event
    permits TunnelAnnounce, TunnelUp, TunnelDown, TunnelWithdraw, TunnelPin, TunnelUnpin {

  TunnelId tunnel();
}

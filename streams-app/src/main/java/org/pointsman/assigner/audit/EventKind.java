package org.pointsman.assigner.audit;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterEvent;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Event;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/** What an event is about, small enough to be kept of millions. */
enum EventKind {
  /** There is no event at that offset, or it cannot be read. */
  NONE,
  ANNOUNCE,
  UP,
  DOWN,
  WITHDRAW,
  PIN,
  UNPIN,
  SERVER_REGISTER,
  SERVER_UP,
  SERVER_DOWN,
  SERVER_DRAIN,
  SERVER_ACTIVATE,
  SERVER_FLUSH,
  SERVER_REMOVE,
  CONFIGURE,
  REBALANCE;

  static EventKind of(Event event) {
    return switch (event) {
      case TunnelAnnounce _ -> ANNOUNCE;
      case TunnelUp _ -> UP;
      case TunnelDown _ -> DOWN;
      case TunnelWithdraw _ -> WITHDRAW;
      case TunnelPin _ -> PIN;
      case TunnelUnpin _ -> UNPIN;
      case ServerRegister _ -> SERVER_REGISTER;
      case ServerUp _ -> SERVER_UP;
      case ServerDown _ -> SERVER_DOWN;
      case ServerDrain _ -> SERVER_DRAIN;
      case ServerActivate _ -> SERVER_ACTIVATE;
      case ServerFlush _ -> SERVER_FLUSH;
      case ServerRemove _ -> SERVER_REMOVE;
      case ClusterConfigure _ -> CONFIGURE;
      case ClusterRebalance _ -> REBALANCE;
    };
  }

  /** The entity that the event names, or null if it names none. */
  static @Nullable EntityKey subject(ClusterId cluster, Event event) {
    return switch (event) {
      case TunnelEvent tunnel -> new EntityKey.Tunnel(cluster, tunnel.tunnel());
      case ServerEvent server -> new EntityKey.Server(cluster, server.server());
      case ClusterEvent of ->
          switch (of) {
            case ClusterConfigure _ -> new EntityKey.Config(cluster);
            case ClusterRebalance _ -> null;
          };
    };
  }
}

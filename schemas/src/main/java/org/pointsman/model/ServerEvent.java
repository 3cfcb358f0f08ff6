package org.pointsman.model;

/** An event about one real server. */
public sealed interface ServerEvent extends Event
    permits ServerRegister,
        ServerUp,
        ServerDown,
        ServerDrain,
        ServerActivate,
        ServerFlush,
        ServerRemove {

  ServerId server();
}

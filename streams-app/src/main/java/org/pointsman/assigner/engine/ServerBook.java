package org.pointsman.assigner.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/**
 * The real servers of a cluster with their loads and turns, ranked for the policy in force.
 *
 * <p>Servers of one weight are ranked together: among equals the one with the fewest turns (or
 * tunnels, or the least traffic) is the best whatever the tunnel, so a policy compares only the
 * best of each weight. A choice costs O(weights in use), a change O(log servers). Servers that are
 * full, down or draining are not ranked.
 */
final class ServerBook {
  private final TreeMap<ServerId, Slot> slots = new TreeMap<>();
  private final TreeMap<Integer, SortedSet<Slot>> open = new TreeMap<>();
  private PlacementPolicy policy;
  private int registered;

  // Over the servers that may be given tunnels, full ones included.
  private int eligible;
  private long weights;
  private long turns;
  private long tunnels;

  ServerBook(Policy policy) {
    this.policy = PlacementPolicy.of(policy);
  }

  /** A book of its own with the same in it. */
  ServerBook copy() {
    ServerBook copy = new ServerBook(policy.policy());
    for (Slot slot : slots.values()) {
      copy.slots.put(slot.id, new Slot(slot));
    }
    copy.registered = registered;
    copy.rank();
    return copy;
  }

  @Nullable Slot slot(ServerId server) {
    return slots.get(server);
  }

  @Nullable RealServer server(ServerId server) {
    Slot slot = slots.get(server);
    return slot == null ? null : slot.server;
  }

  /** The registered servers by name. */
  List<RealServer> servers() {
    List<RealServer> servers = new ArrayList<>(registered);
    for (Slot slot : slots.values()) {
      if (slot.server != null) {
        servers.add(slot.server);
      }
    }
    return servers;
  }

  /** All slots by server name. */
  Collection<Slot> slots() {
    return slots.values();
  }

  /** The slots with room, for each weight in the policy's order, best first. */
  SortedMap<Integer, SortedSet<Slot>> openByWeight() {
    return open;
  }

  int registered() {
    return registered;
  }

  /** How many servers may be given tunnels, full ones included. */
  int eligible() {
    return eligible;
  }

  /** The sum of their weights. */
  long weights() {
    return weights;
  }

  /** The sum of their turns. */
  long turns() {
    return turns;
  }

  /** The sum of their tunnels. */
  long tunnels() {
    return tunnels;
  }

  /** The server that the policy gives the tunnels to, or null if none has room. */
  @Nullable ServerId choose(Request request) {
    Slot chosen = policy.choose(this, request);
    return chosen == null ? null : chosen.id;
  }

  SortedMap<ServerId, Long> turnsOfEach() {
    TreeMap<ServerId, Long> turnsOfEach = new TreeMap<>();
    for (Slot slot : slots.values()) {
      if (slot.turns > 0) {
        turnsOfEach.put(slot.id, slot.turns);
      }
    }
    return turnsOfEach;
  }

  void setPolicy(Policy next) {
    if (next != policy.policy()) {
      policy = PlacementPolicy.of(next);
      rank();
    }
  }

  void setTurns(SortedMap<ServerId, Long> turnsOfEach) {
    turnsOfEach.forEach((server, count) -> slotFor(server).turns = count);
    rank();
  }

  /** A server is now this; null for removed. */
  void put(ServerId id, @Nullable RealServer server) {
    Slot slot = slotFor(id);
    int weightBefore = slot.weight();
    long turnsBefore = turns;
    leave(slot);
    registered += (server == null ? 0 : 1) - (slot.server == null ? 0 : 1);
    slot.server = server;
    enter(slot);
    if (slot.weight() != weightBefore && turnsBefore > 0) {
      resetTurns();
    }
    forgetIfVoid(slot);
  }

  /** A server has one tunnel more. */
  void addTunnel(ServerId id, long bitsPerSecond, boolean countsAsTurn) {
    Slot slot = slotFor(id);
    leave(slot);
    slot.tunnels++;
    slot.addBits(bitsPerSecond);
    if (countsAsTurn && slot.isEligible()) {
      slot.turns++;
    }
    enter(slot);
  }

  /** A server has one tunnel less. */
  void removeTunnel(ServerId id, long bitsPerSecond) {
    Slot slot = slotFor(id);
    leave(slot);
    slot.tunnels--;
    slot.removeBits(bitsPerSecond);
    enter(slot);
    forgetIfVoid(slot);
  }

  /** A tunnel of a server has other traffic than before. */
  void changeTraffic(ServerId id, long before, long after) {
    Slot slot = slotFor(id);
    leave(slot);
    slot.removeBits(before);
    slot.addBits(after);
    enter(slot);
  }

  private Slot slotFor(ServerId id) {
    return slots.computeIfAbsent(id, Slot::new);
  }

  private void forgetIfVoid(Slot slot) {
    if (slot.server == null && slot.tunnels == 0) {
      slots.remove(slot.id);
    }
  }

  private void resetTurns() {
    for (Slot slot : slots.values()) {
      slot.turns = 0;
    }
    rank();
  }

  private void rank() {
    open.clear();
    eligible = 0;
    weights = 0;
    turns = 0;
    tunnels = 0;
    for (Slot slot : slots.values()) {
      enter(slot);
    }
  }

  private void enter(Slot slot) {
    if (slot.isEligible()) {
      eligible++;
      weights += slot.weight();
      turns += slot.turns;
      tunnels += slot.tunnels;
    }
    if (slot.isOpen()) {
      open.computeIfAbsent(slot.weight(), _ -> new TreeSet<>(policy.ranking())).add(slot);
    }
  }

  private void leave(Slot slot) {
    if (slot.isEligible()) {
      eligible--;
      weights -= slot.weight();
      turns -= slot.turns;
      tunnels -= slot.tunnels;
    }
    SortedSet<Slot> equals = open.get(slot.weight());
    if (equals != null && equals.remove(slot) && equals.isEmpty()) {
      open.remove(slot.weight());
    }
  }
}

package org.pointsman.director.dataplane.memory;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.FrameSteerer;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * Steers the frames that it is handed, and gives them back. Same table, classifier and counters as
 * the planes that send.
 */
public final class MemoryDataPlane implements DataPlane {
  public static final String NAME = "memory";

  /**
   * What became of a frame.
   *
   * @param server the index of the server whose tunnel it belongs to, or 0
   */
  public record Outcome(Handling handling, Reason reason, int server) {}

  private final FrameSteerer steerer;

  /**
   * @param directorMac the address of the frames to steer, or null for any
   */
  public MemoryDataPlane(PlaneSettings settings, @Nullable MacAddress directorMac) {
    steerer = new FrameSteerer(settings, directorMac, directorMac);
  }

  /**
   * Handles one frame; from any thread. If it is to be sent, it is rewritten in place: {@code
   * frame} then is what would go out.
   */
  public Outcome handle(byte[] frame) {
    Classification scratch = new Classification();
    Handling handling = steerer.handle(frame, 0, frame.length, scratch);
    return new Outcome(handling, scratch.reason(), scratch.server());
  }

  /** The table and classifier, for whoever reads packets from elsewhere than a network. */
  public FrameSteerer steerer() {
    return steerer;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {}

  @Override
  public List<Refusal> update(List<Entry> entries) {
    return steerer.verbs().update(entries);
  }

  @Override
  public void delete(List<Entry.Key> keys) {
    steerer.verbs().delete(keys);
  }

  @Override
  public boolean isEmpty() {
    return steerer.verbs().isEmpty();
  }

  @Override
  public void prune(List<Entry> wanted) {
    steerer.verbs().prune(wanted);
  }

  @Override
  public int lookup(IpAddress address) {
    return steerer.verbs().lookup(address);
  }

  @Override
  public Set<Integer> unresolved() {
    return steerer.verbs().unresolved();
  }

  @Override
  public DataPlaneStats stats() {
    return steerer.stats(0);
  }

  @Override
  public List<Room> room() {
    return steerer.room();
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public void close() {
    steerer.close();
  }
}

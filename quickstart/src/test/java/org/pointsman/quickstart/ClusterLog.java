package org.pointsman.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Rejection;
import org.pointsman.topics.TopicReader;

/** What stands in the topics about one cluster, committed. */
public final class ClusterLog {
  private final Connection connection;
  private final ClusterId cluster;

  public ClusterLog(Connection connection, ClusterId cluster) {
    this.connection = connection;
    this.cluster = cluster;
  }

  /** In the order of the log. */
  public List<Decision> decisions() {
    return read(connection.topics().decisions()).stream()
        .map(TopicReader.Read::value)
        .map(Decision.class::cast)
        .filter(decision -> decision.cluster().equals(cluster))
        .toList();
  }

  public List<Rejection> rejections() {
    return read(connection.topics().rejections()).stream()
        .map(TopicReader.Read::value)
        .map(Rejection.class::cast)
        .filter(rejection -> cluster.equals(rejection.cluster()))
        .toList();
  }

  /** The decisions and rejections on each event, by the event's offset. */
  public Map<Long, List<Object>> outcomes() {
    Map<Long, List<Object>> outcomes = new TreeMap<>();
    for (Decision decision : decisions()) {
      if (decision.cause() instanceof Cause.ByEvent event) {
        outcomes.computeIfAbsent(event.offset(), _ -> new ArrayList<>()).add(decision);
      }
    }
    for (Rejection rejection : rejections()) {
      outcomes.computeIfAbsent(rejection.offset(), _ -> new ArrayList<>()).add(rejection);
    }
    return outcomes;
  }

  /** The latest record of each key. */
  public Map<String, Entity> assignments() {
    Map<String, Entity> latest = new TreeMap<>();
    for (TopicReader.Read read : read(connection.topics().assignments())) {
      String key = String.valueOf(read.key());
      if (!EntityKey.parse(key).cluster().equals(cluster)) {
        continue;
      }
      if (read.value() instanceof Entity entity) {
        latest.put(key, entity);
      } else {
        latest.remove(key);
      }
    }
    return latest;
  }

  /** What the decisions amount to, as {@link #assignments} has it. */
  public Map<String, Entity> folded() {
    ClusterState state = new ClusterState(cluster);
    decisions().forEach(state::apply);
    Map<String, Entity> entities = new TreeMap<>();
    state.servers().forEach(server -> entities.put(server.key().toString(), server));
    state.assignments().forEach(tunnel -> entities.put(tunnel.key().toString(), tunnel));
    return entities;
  }

  private List<TopicReader.Read> read(String topic) {
    List<TopicReader.Read> all = new ArrayList<>();
    try (RecordDeserializer values = connection.deserializer()) {
      connection
          .reader(values)
          .read(
              topic,
              cluster,
              all::add,
              unreadable -> {
                throw unreadable;
              });
    }
    return all;
  }
}

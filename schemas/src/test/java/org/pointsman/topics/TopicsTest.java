package org.pointsman.topics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.model.ClusterId;

class TopicsTest {
  private final Topics topics = new Topics("p.");

  @Test
  void theCatalogueHasEveryTopicAndEveryRecord() {
    assertThat(topics.specs()).extracting(TopicSpec::name).isEqualTo(topics.names());
    assertThat(topics.specs())
        .flatExtracting(TopicSpec::values)
        .hasSameSizeAs(RecordSchemas.published())
        .allSatisfy(record -> assertThat(RecordSchemas.named(record)).isNotNull());
  }

  @Test
  void theLogIsKeptForEverAndCarriesItsOwnTime() {
    TopicSpec events = topics.specs().getFirst();
    assertThat(events.configs())
        .containsEntry("retention.ms", "-1")
        .containsEntry("message.timestamp.type", "LogAppendTime");
    assertThat(topics.specs())
        .filteredOn(spec -> spec.cleanupPolicy().equals("compact"))
        .extracting(TopicSpec::name)
        .containsExactly("p.assignments", "p.directors", "p.assigners");
  }

  @Test
  void aClusterIsAlwaysInTheSamePartition() {
    // As Kafka's default partitioner places these keys, so that other producers agree.
    assertThat(Topics.partitionOf(new ClusterId("default"), 12)).isEqualTo(7);
    assertThat(Topics.partitionOf(new ClusterId("default"), 1)).isZero();
  }
}

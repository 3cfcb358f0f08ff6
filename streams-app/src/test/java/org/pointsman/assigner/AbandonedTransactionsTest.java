package org.pointsman.assigner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AbandonedTransactionsTest {
  private static final String ALIVE = "a-11111111-1111-1111-1111-111111111111";
  private static final String DEAD = "a-22222222-2222-2222-2222-222222222222";

  private final AbandonedTransactions transactions =
      new AbandonedTransactions(
          Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1")), /* applicationId= */ "a");

  @AfterEach
  void close() {
    transactions.close();
  }

  private Set<String> abandoned(List<String> ongoing, String... members) {
    return transactions.abandoned(ongoing, List.of(members));
  }

  @Test
  void thoseOfInstancesThatAreNotInTheGroup() {
    assertThat(
            abandoned(
                List.of(ALIVE + "-1", DEAD + "-1", DEAD + "-2"),
                ALIVE + "-StreamThread-1-consumer"))
        .containsExactly(DEAD + "-1", DEAD + "-2");
  }

  @Test
  void nobodyElsesAndNoneOfAnEmptyGroup() {
    assertThat(abandoned(List.of("b" + DEAD.substring(1) + "-1", "mine"), ALIVE + "-x")).isEmpty();
    assertThat(abandoned(List.of("x" + DEAD + "-1"), ALIVE + "-x")).isEmpty();
    assertThat(abandoned(List.of(DEAD + "-1"))).isEmpty();
  }
}

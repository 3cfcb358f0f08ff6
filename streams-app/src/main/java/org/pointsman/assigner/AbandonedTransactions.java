package org.pointsman.assigner;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions that dead instances have left open.
 *
 * <p>Nobody who reads committed records gets past an open transaction: neither the directors, nor
 * the heir of the dead instance's clusters, which waits for the offsets in it. Brokers end one by
 * themselves when its time is up, which they look for every ten seconds only. So whoever is left
 * does it, as soon as the group has given the dead one up.
 *
 * <p>A transaction is abandoned if its instance is not in the group. Ending one too many would do
 * no harm: its instance begins again after its last committed one, as Kafka Streams always does.
 */
final class AbandonedTransactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AbandonedTransactions.class);

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int ASK_MILLIS = 5_000;

  /** How often to look once more after the clusters have been shared out anew. */
  private static final int LOOKS_AFTERWARDS = 5;

  private final Admin admin;
  private final String applicationId;
  private final Pattern instance;
  private final ScheduledExecutorService looks;
  private volatile boolean rebalancing;
  private final AtomicInteger looksLeft = new AtomicInteger();
  private boolean told; // of looks' thread

  /**
   * @param admin closed with this
   */
  AbandonedTransactions(Admin admin, String applicationId) {
    this.admin = admin;
    this.applicationId = applicationId;
    // Kafka Streams names its consumers and its transactions after the instance's UUID.
    this.instance = Pattern.compile(Pattern.quote(applicationId) + "-([0-9a-f-]{36})-.*");
    this.looks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("abandoned-transactions").factory());
    ScheduledFuture<?> _ =
        looks.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The clusters are being shared out anew, so an instance may have died; or they are again. */
  void rebalancing(boolean now) {
    looksLeft.set(LOOKS_AFTERWARDS);
    rebalancing = now;
  }

  private void look() {
    if (looksLeft.getAndDecrement() <= 0 && !rebalancing) {
      looksLeft.set(0);
      return;
    }
    try {
      Set<String> abandoned = abandoned(ongoing(), members());
      if (!abandoned.isEmpty()) {
        admin
            .fenceProducers(abandoned, new FenceProducersOptions().timeoutMs(ASK_MILLIS))
            .all()
            .get();
        log.info("ended what instances that are gone had left open: {}", abandoned);
      }
      told = false;
    } catch (ExecutionException | RuntimeException failure) {
      tell(failure);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Exception failure) {
    if (!told) {
      Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
      log.warn(
          "expected to end what instances that are gone have left open but {}; the broker does so when the transaction's time is up; let the assigner describe its group and write its transactional ids",
          String.valueOf(cause));
    }
    told = true;
  }

  private List<String> ongoing() throws ExecutionException, InterruptedException {
    Collection<TransactionListing> all =
        admin
            .listTransactions(
                new ListTransactionsOptions()
                    .filterStates(List.of(TransactionState.ONGOING))
                    .timeoutMs(ASK_MILLIS))
            .all()
            .get();
    return all.stream().map(TransactionListing::transactionalId).toList();
  }

  private List<String> members() throws ExecutionException, InterruptedException {
    try {
      return admin.describeConsumerGroups(List.of(applicationId)).all().get().values().stream()
          .flatMap(group -> group.members().stream())
          .map(MemberDescription::clientId)
          .toList();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      throw failed;
    }
  }

  /**
   * The transactions of instances that are not in the group; none while the group is empty, since
   * nobody is there then to be blocked by them.
   *
   * @param ongoing transactional ids, also of others than this assigner
   * @param members client ids of the group's members
   */
  Set<String> abandoned(Collection<String> ongoing, Collection<String> members) {
    if (members.isEmpty()) {
      return Set.of();
    }
    Set<String> live =
        members.stream().flatMap(id -> instance(id).stream()).collect(Collectors.toSet());
    return ongoing.stream()
        .filter(id -> instance(id).filter(owner -> !live.contains(owner)).isPresent())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The UUID in a client's or a transaction's name, if it is one of this assigner's. */
  private Optional<String> instance(String name) {
    Matcher matcher = instance.matcher(name);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  @Override
  public void close() {
    looks.shutdownNow();
    admin.close(Duration.ZERO);
  }
}

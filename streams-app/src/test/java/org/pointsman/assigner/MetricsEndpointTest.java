package org.pointsman.assigner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.pointsman.cli.CliException;

class MetricsEndpointTest {
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void prometheusReadsTheGauge() throws Exception {
    Gauge _ = Gauge.builder("pointsman.agreement.problems", () -> 3).register(meters);
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(meters, 0);
        HttpClient client = HttpClient.newHttpClient()) {
      URI at = URI.create("http://localhost:%d/metrics".formatted(endpoint.port()));
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().lines()).contains("pointsman_agreement_problems 3.0");
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    try (MetricsEndpoint first = MetricsEndpoint.start(meters, 0)) {
      assertThatThrownBy(() -> MetricsEndpoint.start(meters, first.port()))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("give another --metrics-port");
    }
  }
}

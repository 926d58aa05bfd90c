package io.cadastre.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricNamesTest {
  @Test
  void everyNameIsDocumentedAndThereOnce() {
    assertThat(MetricNames.all()).extracting(MetricName::name).doesNotHaveDuplicates();
    for (MetricName name : MetricNames.all()) {
      assertThat(name.name()).matches("cadastre(\\.[a-z]+)+");
      assertThat(name.help()).as(name.name()).matches("[A-Z0-9].*\\.");
      assertThat(name.labels()).as(name.name()).allMatch(label -> label.matches("[a-z]+"));
      assertThat(name.name().endsWith(".micros"))
          .as("%s is published in microseconds", name)
          .isEqualTo(name.kind() == MetricName.Kind.TIMER);
    }
  }
}

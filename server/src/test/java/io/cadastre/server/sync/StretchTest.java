package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StretchTest {
  /** As S3 behind a prefix that only a part of all stores sorts alike: listed from there again. */
  @Test
  void pagesThatAreReadAgainAtEachBeginningStayAShareOfAll() {
    int wanted = 10_000;
    long requests = 0;
    int done = 0;
    Stretch stretch = new Stretch();
    while (done < wanted) {
      stretch.begin();
      for (int skipped = 0; skipped < done; skipped++) {
        stretch.read(true);
        requests++;
      }
      while (done < wanted && !stretch.isOver()) {
        stretch.read(false);
        requests++;
        done++;
      }
    }
    assertThat(requests).isLessThan(3L * wanted);
  }

  @Test
  void withoutSuchPagesAStretchEndsAfterSoMany() {
    Stretch stretch = new Stretch();
    stretch.begin();
    for (int page = 0; page < Stretch.PAGES; page++) {
      assertThat(stretch.isOver()).isFalse();
      // An empty page in the middle counts as any other.
      stretch.read(page == 5);
    }
    assertThat(stretch.isOver()).isTrue();
  }
}

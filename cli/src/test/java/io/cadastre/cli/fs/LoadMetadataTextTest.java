package io.cadastre.cli.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.format.Json;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import org.junit.jupiter.api.Test;

class LoadMetadataTextTest {
  private static final LoadMetadataProgress END =
      LoadMetadataProgress.newBuilder()
          .setFinished(true)
          .setStoreListings(30)
          .setStoreLookups(1)
          .build();

  @Test
  void whatAnObjectStoreBillsIsInTheSummary() {
    LoadMetadataProgress end =
        END.toBuilder()
            .putRequests("LIST", 1_234)
            .putRequests("HEAD", 2)
            .setPriceDollars(0.0062)
            .build();
    assertThat(LoadMetadataText.requests(end))
        .isEqualTo(
            "store: 30 listings, 1 lookups; sent to the mount's store meanwhile: HEAD 2, LIST"
                + " 1,234, about $0.0062");
    assertThat(LoadMetadataText.counts(Json.object(), end).toString())
        .contains("\"requests\":[{\"kind\":\"HEAD\",\"count\":2},")
        .contains("\"priceDollars\":0.0062");
  }

  @Test
  void otherStoresHaveNoneOfThat() {
    assertThat(LoadMetadataText.requests(END)).isEqualTo("store: 30 listings, 1 lookups");
    assertThat(LoadMetadataText.counts(Json.object(), END).toString())
        .endsWith("\"requests\":[],\"priceDollars\":null}");
  }
}

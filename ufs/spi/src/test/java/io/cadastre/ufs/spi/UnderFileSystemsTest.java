package io.cadastre.ufs.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.MetadataException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnderFileSystemsTest {
  private static final UnderFileSystemFactory FACTORY =
      new UnderFileSystemFactory() {
        @Override
        public Set<String> schemes() {
          return Set.of("s3", "s3a");
        }

        @Override
        public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
          settings.checkOptions("s3", Set.of("endpoint", "region", "secret.key"));
          throw new UnsupportedOperationException("opened " + location);
        }
      };

  private final UnderFileSystems stores = new UnderFileSystems(List.of(FACTORY));

  @Test
  void opensByScheme() {
    assertThatThrownBy(() -> stores.open("s3a://b/p", Map.of("region", "x")))
        .hasMessage("opened s3a://b/p");
    assertThat(stores.schemes()).containsExactlyInAnyOrder("s3", "s3a");
    assertThat(stores.canonical("s3://b/p/")).isEqualTo(UfsLocation.parse("s3://b/p"));
  }

  @Test
  void refusesASchemeThatIsNotInstalled() {
    assertThatThrownBy(() -> stores.open("s4://b/p", Map.of()))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("'s4'")
        .hasMessageContaining("installed: s3, s3a");
    assertThatThrownBy(() -> new UnderFileSystems(List.of()).open("/x", Map.of()))
        .hasMessageContaining("there is none at all");
  }

  @Test
  void refusesAnUnknownOptionWithTheNearest() {
    assertThatThrownBy(() -> stores.open("s3://b/p", Map.of("regoin", "x")))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("regoin")
        .hasMessageContaining("did you mean 'region'?");
    assertThatThrownBy(() -> stores.open("s3://b/p", Map.of("requests.concurency", "8")))
        .hasMessageContaining("did you mean 'requests.concurrency', which any mount has?");
    assertThatThrownBy(() -> stores.open("s3://b/p", Map.of("something.else", "x")))
        .hasMessageContaining("known: endpoint, region, secret.key");
  }

  @Test
  void twoStoresForOneSchemeAreADefectOfTheInstallation() {
    assertThatThrownBy(() -> new UnderFileSystems(List.of(FACTORY, FACTORY)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("remove one");
  }

  @Test
  void settingsDoNotShowValues() {
    assertThat(UfsSettings.of(Map.of("secret.key", "hush")).toString())
        .contains("secret.key")
        .doesNotContain("hush");
    assertThatThrownBy(() -> UfsSettings.of(Map.of()).withListingSortMemoryBytes(0))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("cadastre.ufs.listing.sort.memory");
  }
}

package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The template in conf/ has to work as it is, and what it offers has to exist. */
class SiteTemplateTest {
  private static final Path TEMPLATE = Path.of("../conf/cadastre-site.properties.template");
  private static final Pattern OFFERED = Pattern.compile("#(cadastre\\.[a-z.]+)=(.*)");

  @Test
  void loadsForAMasterAndForAClient() {
    Configuration master = ConfigurationLoader.load(ConfigScope.MASTER, TEMPLATE, Map.of());
    ClusterMembers members = master.get(ConfigKeys.CLUSTER_MEMBERS);
    assertThat(members.size()).isEqualTo(1);
    Configuration client = ConfigurationLoader.load(ConfigScope.CLIENT, TEMPLATE, Map.of());
    assertThat(client.get(ConfigKeys.MASTERS)).containsExactly(members.all().get(0).rpc());
  }

  @Test
  void offeredSettingsExistAndShowTheirDefaults() throws IOException {
    List<String> lines = Files.readAllLines(TEMPLATE);
    int offered = 0;
    for (String line : lines) {
      Matcher matcher = OFFERED.matcher(line);
      if (matcher.matches()) {
        ConfigKey<?> key = ConfigKeys.byName(matcher.group(1)).orElseThrow();
        assertThat(matcher.group(2)).as(key.name()).isEqualTo(key.defaultText());
        offered++;
      }
    }
    assertThat(offered).isGreaterThan(10);
  }
}

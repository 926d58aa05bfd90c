package io.cadastre.ufs.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsSettingsTest {
  @TempDir Path site;

  private static HdfsSettings read(Map<String, String> options) {
    return HdfsSettings.of(UfsSettings.of(options));
  }

  private static void assertRefused(Map<String, String> options, String text) {
    assertThatThrownBy(() -> read(options))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(text);
  }

  @Test
  void optionsGoBeforeSiteFilesAndThoseBeforeOurDefaults() throws IOException {
    writeSite("hdfs-site.xml", "ipc.client.rpc-timeout.ms", "111");
    writeSite("core-site.xml", "ipc.client.connect.timeout", "222");
    Map<String, String> ours = Map.of("hdfs.conf.dir", site.toString());
    assertThat(read(ours).configuration().get("ipc.client.rpc-timeout.ms")).isEqualTo("111");
    assertThat(read(ours).configuration().get("ipc.client.connect.timeout")).isEqualTo("222");
    assertThat(read(Map.of()).configuration().get("ipc.client.connect.timeout")).isEqualTo("5000");
    Map<String, String> both =
        Map.of("hdfs.conf.dir", site.toString(), "ipc.client.rpc-timeout.ms", "333");
    assertThat(read(both).configuration().get("ipc.client.rpc-timeout.ms")).isEqualTo("333");
  }

  @Test
  void unknownOptionsAreAnsweredWithTheNearest() {
    assertRefused(Map.of("hdfs.conf.dri", "/x"), "did you mean 'hdfs.conf.dir'?");
    assertRefused(Map.of("hdfs.usr", "x"), "did you mean 'hdfs.user'?");
    assertRefused(Map.of("requests.per.secnd", "1"), "did you mean 'requests.per.second'");
  }

  @Test
  void siteFilesMustBeThereAndParse() throws IOException {
    assertRefused(Map.of("hdfs.conf.dir", "etc/hadoop"), "not an absolute path");
    assertRefused(Map.of("hdfs.conf.dir", site.toString()), "has none of");
    Files.writeString(site.resolve("hdfs-site.xml"), "<configuration><property>");
    assertRefused(Map.of("hdfs.conf.dir", site.toString()), "do not parse");
  }

  @Test
  void kerberosNeedsPrincipalKeytabAndSiteFilesThatAskForIt() {
    assertRefused(Map.of("hdfs.kerberos.principal", "c@R"), "expected it together with");
    assertRefused(Map.of("hdfs.kerberos.keytab", "/k"), "expected it together with");
    Map<String, String> both =
        Map.of("hdfs.kerberos.principal", "c@R", "hdfs.kerberos.keytab", "/k");
    assertRefused(both, "is not 'kerberos'");
    assertRefused(Map.of("hadoop.security.authentication", "kerberos"), "is missing");
    HdfsSettings settings =
        read(
            Map.of(
                "hadoop.security.authentication", "kerberos",
                "hdfs.kerberos.principal", "c@R",
                "hdfs.kerberos.keytab", "/k"));
    assertThat(settings.usesKerberos()).isTrue();
    assertThat(settings.keytab()).contains(Path.of("/k"));
  }

  @Test
  void locationsNameAServiceAndAPlainDirectory() {
    UnderFileSystems stores = new UnderFileSystems();
    assertThatThrownBy(() -> stores.open("hdfs:///data", Map.of()))
        .hasMessageContaining("expected hdfs://nameservice/path");
    assertThatThrownBy(() -> stores.open("hdfs://ns/a/.snapshot/s", Map.of()))
        .hasMessageContaining("reserves");
    assertThat(stores.canonical("hdfs://nn:8020/a/").uri()).isEqualTo("hdfs://nn/a");
    assertThat(stores.canonical("hdfs://nn:9000/a").uri()).isEqualTo("hdfs://nn:9000/a");
  }

  private void writeSite(String name, String key, String value) throws IOException {
    Files.writeString(
        site.resolve(name),
        "<configuration><property><name>"
            + key
            + "</name><value>"
            + value
            + "</value></property></configuration>");
  }
}

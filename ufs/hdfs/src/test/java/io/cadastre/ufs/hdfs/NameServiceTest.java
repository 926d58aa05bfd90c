package io.cadastre.ufs.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two name nodes of which one is active, found by the name of their service in a site file. */
class NameServiceTest {
  @TempDir Path directory;
  @TempDir Path site;

  @Test
  void aMountFollowsTheActiveNameNode() throws Exception {
    try (MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(new HdfsConfiguration(), directory.toFile())
            .nnTopology(MiniDFSNNTopology.simpleHATopology())
            .numDataNodes(0)
            .build()) {
      cluster.transitionToActive(0);
      writeSiteFile(cluster);
      try (UnderFileSystem store =
          new UnderFileSystems().open("hdfs://pair/", Map.of("hdfs.conf.dir", site.toString()))) {
        assertThat(store.createDirectory("d", UfsAttributes.NONE, soon()).isDirectory()).isTrue();
        String identity = store.rootIdentity(soon());

        cluster.transitionToStandby(0);
        assertThat(store.status("d", soon()))
            .isInstanceOfSatisfying(
                StoreLookup.Unknown.class,
                unknown -> assertThat(unknown.cause().kind()).isEqualTo(Kind.UNAVAILABLE));

        cluster.transitionToActive(1);
        assertThat(store.status("d", soon())).isInstanceOf(StoreLookup.Present.class);
        assertThat(store.rootIdentity(soon())).isEqualTo(identity);
        store.createFile("d/f", UfsAttributes.NONE, soon());

        cluster.shutdownNameNode(1);
        cluster.transitionToActive(0);
        assertThat(store.status("d/f", soon())).isInstanceOf(StoreLookup.Present.class);
        assertThat(store.uriOf("d")).isEqualTo("hdfs://pair/d");
      }
    }
  }

  private void writeSiteFile(MiniDFSCluster cluster) throws IOException {
    Configuration pair = new Configuration(false);
    pair.set("dfs.nameservices", "pair");
    pair.set("dfs.ha.namenodes.pair", "one,two");
    pair.set("dfs.namenode.rpc-address.pair.one", "127.0.0.1:" + cluster.getNameNodePort(0));
    pair.set("dfs.namenode.rpc-address.pair.two", "127.0.0.1:" + cluster.getNameNodePort(1));
    pair.set(
        "dfs.client.failover.proxy.provider.pair",
        "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider");
    pair.set("dfs.client.failover.max.attempts", "3");
    try (OutputStream out = Files.newOutputStream(site.resolve("hdfs-site.xml"))) {
      pair.writeXml(out);
    }
  }

  private static StoreDeadline soon() {
    return StoreDeadline.after(Duration.ofSeconds(30));
  }
}

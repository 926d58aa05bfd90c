package io.cadastre.ufs.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store as it is installed: by its description and jars, apart from this process's classes. */
class HdfsPluginTest {
  private static final List<String> LIBRARIES =
      List.of("hadoop-client-api-", "hadoop-client-runtime-", "commons-logging-", "snappy-java-");

  @TempDir Path plugins;
  @TempDir Path work;

  @Test
  void worksWithItsOwnLibrariesOnly() throws Exception {
    install();
    List<UnderFileSystemFactory> found =
        StorePlugins.in(plugins, HdfsPluginTest.class.getClassLoader());
    assertThat(found).hasSize(1);
    try (MiniDFSCluster cluster =
            new MiniDFSCluster.Builder(new HdfsConfiguration(), work.toFile())
                .numDataNodes(0)
                .build();
        UnderFileSystem store =
            new UnderFileSystems(found)
                .open("hdfs://localhost:" + cluster.getNameNodePort() + "/", Map.of())) {
      store.createDirectory("d", UfsAttributes.NONE, soon());
      store.createFile("d/f", UfsAttributes.NONE.withMode(0640), soon());
      assertThat(store.status("d/f", soon())).isInstanceOf(StoreLookup.Present.class);
      try (UfsListing listing = store.list("d", null, soon())) {
        assertThat(listing.next(soon()).entries()).hasSize(1);
      }
      assertThat(cluster.getFileSystem().exists(new org.apache.hadoop.fs.Path("/d/f"))).isTrue();
    }
  }

  /** What the assembly puts into `lib/ufs/hdfs`. */
  private void install() throws IOException {
    Path directory = Files.createDirectory(plugins.resolve("hdfs"));
    Files.copy(Path.of("src/main/plugin/store.properties"), directory.resolve("store.properties"));
    pack(Path.of("target/classes"), directory.resolve("store.jar"));
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(part);
      if (LIBRARIES.stream().anyMatch(jar.getFileName().toString()::startsWith)) {
        Files.createSymbolicLink(directory.resolve(jar.getFileName()), jar);
      }
    }
    try (Stream<Path> installed = Files.list(directory)) {
      assertThat(installed).hasSize(2 + LIBRARIES.size());
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  private static StoreDeadline soon() {
    return StoreDeadline.afterMillis(30_000);
  }
}

package io.cadastre.cli;

import io.cadastre.core.api.proto.NodeInfo;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A process that looks like a master to `cadastre local`: reads its configuration and identity,
 * answers at its client port, leads if it is m1. Refuses to start without an identity.
 */
public final class FakeServerMain {
  private FakeServerMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Properties conf = load(Path.of(arguments[1]));
    String name = conf.getProperty("cadastre.master.name");
    Path identity =
        Path.of(conf.getProperty("cadastre.master.storage.dir")).resolve("identity.properties");
    if (!Files.exists(identity)) {
      System.err.println("the storage is not formatted");
      System.exit(1);
    }
    String own = conf.getProperty("cadastre.cluster.members").replaceAll(".*" + name + "=", "");
    int port = Integer.parseInt(own.split("[:,]")[2]);
    NodeInfo info =
        NodeInfo.newBuilder()
            .setNode(name)
            .setClusterId(load(identity).getProperty("cluster-id"))
            .setRole(name.equals("m1") ? "LEADER" : "FOLLOWER")
            .setTerm(1)
            .build();
    try (FakeMaster master = new FakeMaster(port, info)) {
      master.awaitEnd();
    }
  }

  private static Properties load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }
}

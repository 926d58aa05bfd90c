package io.cadastre.ufs.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins in jars that are compiled and packed here. */
class StorePluginsTest {
  private static final String LOADS = "cadastre.test.plugin.loads";

  /**
   * A store whose root's identity is the thread's class loader, and whose URIs tell who sees what.
   */
  private static final String FACTORY =
      """
      package demo;

      import io.cadastre.ufs.spi.*;
      import java.lang.reflect.Proxy;
      import java.util.Set;

      public final class DemoFactory implements UnderFileSystemFactory {
        static {
          System.setProperty("cadastre.test.plugin.loads",
              System.getProperty("cadastre.test.plugin.loads") + "I");
        }

        public DemoFactory() {}

        public Set<String> schemes() {
          return Set.of("demo");
        }

        public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
          settings.checkOptions("demo", Set.of("speed"));
          return (UnderFileSystem) Proxy.newProxyInstance(
              DemoFactory.class.getClassLoader(),
              new Class<?>[] {UnderFileSystem.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "type" -> "demo";
                    case "rootIdentity" -> Thread.currentThread().getContextClassLoader().getName();
                    case "uriOf" -> ownerOf((String) arguments[0]);
                    case "status" -> new StoreLookup.Absent();
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
        }

        static String ownerOf(String name) {
          try {
            ClassLoader owner = Class.forName(name).getClassLoader();
            return owner == null ? "boot" : owner.getName();
          } catch (ClassNotFoundException e) {
            return "nobody";
          }
        }
      }
      """;

  /** Has the name of a class that this process has too. */
  private static final String SAME_NAME =
      "package com.google.protobuf; public final class Message {}";

  @TempDir Path plugins;
  @TempDir Path work;

  @BeforeEach
  void countLoads() {
    System.setProperty(LOADS, "");
  }

  @Test
  void aPluginIsLoadedAtFirstUseAndOnce() throws Exception {
    install("demo", "schemes=demo\n", "demo.DemoFactory");
    UnderFileSystems stores = StorePlugins.installed(plugins);
    assertThat(stores.schemes()).contains("demo");
    assertThat(System.getProperty(LOADS)).isEmpty();
    try (UnderFileSystem one = stores.open("demo://x/", Map.of());
        UnderFileSystem other = stores.open("demo://y/", Map.of("speed", "high"))) {
      assertThat(one.type()).isEqualTo("demo");
      // The same classes on both sides: an answer is what it is.
      assertThat(other.status("a", soon())).isEqualTo(StoreLookup.ABSENT);
    }
    assertThat(System.getProperty(LOADS)).isEqualTo("I");
  }

  @Test
  void aPluginSeesTheContractAndNothingElse() throws Exception {
    install("demo", "schemes=demo\n", "demo.DemoFactory");
    try (UnderFileSystem store = StorePlugins.installed(plugins).open("demo://x/", Map.of())) {
      String process = getClass().getClassLoader().getName();
      assertThat(store.uriOf("io.cadastre.ufs.spi.UfsStatus")).isEqualTo(process);
      assertThat(store.uriOf("io.cadastre.core.path.NamespacePath")).isEqualTo(process);
      assertThat(store.uriOf("org.slf4j.Logger")).isEqualTo(process);
      assertThat(store.uriOf("java.sql.Connection")).isEqualTo("platform");
      assertThat(store.uriOf("com.google.protobuf.Message")).isEqualTo("store-demo");
      for (String hidden :
          List.of(
              "io.cadastre.ufs.plugin.StorePlugins",
              "io.cadastre.ufs.decorate.RequestObserver",
              "com.google.protobuf.ByteString",
              "org.junit.jupiter.api.Test")) {
        assertThat(Class.forName(hidden)).isNotNull();
        assertThat(store.uriOf(hidden)).as(hidden).isEqualTo("nobody");
      }
    }
  }

  @Test
  void itsLibrariesFindTheirPartsByTheThread() throws Exception {
    install("demo", "schemes=demo\n", "demo.DemoFactory");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (UnderFileSystem store = StorePlugins.installed(plugins).open("demo://x/", Map.of())) {
      assertThat(store.rootIdentity(soon())).isEqualTo("store-demo");
    }
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void whatIsNotInstalledIsToldWithWhatIs() throws Exception {
    install("demo", "schemes=demo,demo2\n", "demo.DemoFactory");
    assertThatThrownBy(() -> StorePlugins.installed(plugins).open("s3://b/", Map.of()))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("no store of scheme 's3' is installed")
        .hasMessageContaining("installed: demo, demo2");
    assertThat(StorePlugins.installed(plugins.resolve("none")).schemes()).isEmpty();
  }

  @Test
  void aDirectoryThatIsNoPluginIsLeftOut() throws Exception {
    install("demo", "schemes=demo\n", "demo.DemoFactory");
    Files.createDirectory(plugins.resolve("empty"));
    for (String text :
        List.of("scheme=x", "schemes=x\nmore=y", "schemes=", "schemes=X", "\\uxyz")) {
      Path broken = Files.createDirectories(plugins.resolve("broken"));
      Files.writeString(broken.resolve("store.properties"), text);
      assertThat(StorePlugins.installed(plugins).schemes()).as(text).containsExactly("demo");
    }
  }

  @Test
  void aPluginThatDoesNotLoadIsTheInstallationsFault() throws Exception {
    install("demo", "schemes=demo,other\n", "demo.DemoFactory");
    install("missing", "schemes=missing\n", "demo.NoSuchFactory");
    Files.createDirectory(plugins.resolve("bare"));
    Files.writeString(plugins.resolve("bare/store.properties"), "schemes=bare");
    UnderFileSystems stores = StorePlugins.installed(plugins);
    assertRefused(stores, "demo://x/", "its description says");
    assertRefused(stores, "missing://x/", "its classes do not load");
    assertRefused(stores, "bare://x/", "there is no store in it");
    // Repaired while the process runs.
    install("bare", "schemes=bare\n", "demo.DemoFactory");
    assertRefused(stores, "bare://x/", "its description says");
  }

  @Test
  void aMistakeInAnOptionIsAnsweredAsByAnyStore() throws Exception {
    install("demo", "schemes=demo\n", "demo.DemoFactory");
    assertThatThrownBy(
            () -> StorePlugins.installed(plugins).open("demo://x/", Map.of("sped", "high")))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("did you mean 'speed'?");
  }

  @Test
  void twoPluginsForOneSchemeAreADefectOfTheInstallation() throws Exception {
    install("one", "schemes=demo\n", "demo.DemoFactory");
    install("two", "schemes=demo\n", "demo.DemoFactory");
    assertThatThrownBy(() -> StorePlugins.installed(plugins))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(plugins.resolve("one").toString())
        .hasMessageContaining(plugins.resolve("two").toString());
  }

  private static void assertRefused(UnderFileSystems stores, String uri, String why) {
    assertThatThrownBy(() -> stores.open(uri, Map.of()))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_REFUSED))
        .hasMessageContaining(why);
  }

  private static StoreDeadline soon() {
    return StoreDeadline.afterMillis(30_000);
  }

  /** Makes a plug-in of two jars: the store, and a library. */
  private void install(String name, String description, String provider) throws IOException {
    Path directory = Files.createDirectories(plugins.resolve(name));
    Files.writeString(directory.resolve("store.properties"), description);
    Path store = compile("demo.DemoFactory", FACTORY);
    Path services =
        Files.createDirectories(store.resolve("META-INF/services"))
            .resolve("io.cadastre.ufs.spi.UnderFileSystemFactory");
    Files.writeString(services, provider + "\n");
    pack(store, directory.resolve("store.jar"));
    pack(compile("com.google.protobuf.Message", SAME_NAME), directory.resolve("library.jar"));
  }

  private Path compile(String className, String source) throws IOException {
    Path classes = Files.createTempDirectory(work, "classes");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("memory:///" + className.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options = List.of("-d", classes.toString(), "-proc:none");
    assertThat(compiler.getTask(null, null, null, options, null, List.of(unit)).call()).isTrue();
    return classes;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(classes)) {
      found.filter(Files::isRegularFile).forEach(files::add);
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }
}

package io.cadastre.cli.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/**
 * The JVM's archive of the classes that a master loads (class data sharing). Most of the time from
 * its start until a master serves goes into finding, checking and linking 8,000 classes; with the
 * archive three masters on two processors serve after half the time. It lies beside the libraries
 * as `master-VERSION-CONTENT.jsa` and fits these files and this JVM only: the JVM passes it over
 * without a word when the size or the time of a library is another, so the name tells these, and
 * the content of ours, since two builds may share size and time. For one thread.
 */
public final class ClassArchive {
  private static final String REHEARSAL_MAIN = "io.cadastre.server.bootstrap.StartRehearsal";
  private static final long REHEARSAL_SECONDS = 90;

  private final List<Path> jars = new ArrayList<>();
  private final String classPath;
  private final Optional<Path> file;

  /**
   * @param classPath as masters are started with it
   */
  public ClassArchive(String classPath) {
    this.classPath = classPath;
    boolean onlyJars = true;
    for (String part : classPath.split(File.pathSeparator)) {
      onlyJars &= part.endsWith(".jar");
      jars.add(Path.of(part));
    }
    this.file = onlyJars ? name() : Optional.empty();
  }

  /** Nothing if a library cannot be read. */
  private Optional<Path> name() {
    CRC32 content = new CRC32();
    try {
      for (Path jar : jars) {
        content.update(jar.toString().getBytes(StandardCharsets.UTF_8));
        content.update(Long.toString(Files.size(jar)).getBytes(StandardCharsets.UTF_8));
        content.update(Files.getLastModifiedTime(jar).toString().getBytes(StandardCharsets.UTF_8));
        // Ours are built anew under the same name and, so that builds are alike, with the same
        // time.
        if (jar.getFileName().toString().startsWith("cadastre-")) {
          content.update(Files.readAllBytes(jar));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    String version = System.getProperty("java.vm.version").replaceAll("[^A-Za-z0-9.]", "-");
    String name = "master-" + version + "-" + Long.toHexString(content.getValue()) + ".jsa";
    return Optional.of(jars.get(0).toAbsolutePath().resolveSibling(name));
  }

  /** Where the archive of these libraries lies, if they can have one. */
  Optional<Path> file() {
    return file;
  }

  /** Options of a master's JVM; none if there is no archive. */
  public List<String> options() {
    return file.filter(Files::isReadable)
        .map(found -> List.of("-XX:SharedArchiveFile=" + found, "-Xlog:cds*=off"))
        .orElse(List.of());
  }

  /** Whether {@link #prepare} would do anything: there is no archive of these very libraries. */
  public boolean isMissing() {
    return file.isPresent()
        && Files.isWritable(file.get().getParent())
        && !Files.exists(file.get());
  }

  /**
   * Makes the archive if it is missing: starts three masters in a directory for temporary files,
   * twice, and stops them again; a quarter of a minute. What goes wrong is not worth a failure:
   * masters start without it.
   *
   * @param options of a master's JVM that decide which classes it loads, such as its logging
   */
  public void prepare(List<String> options) throws InterruptedException {
    if (!isMissing()) {
      return;
    }
    Path target = file.orElseThrow();
    Path work = null;
    try {
      deleteOlder(target);
      work = Files.createTempDirectory(target.getParent(), ".master-");
      Path made = work.resolve("made.jsa");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-XX:+UseParallelGC"));
      command.add("-XX:ArchiveClassesAtExit=" + made);
      command.add("-Djava.io.tmpdir=" + work);
      command.add("-Dcadastre.logs.dir=" + work);
      command.addAll(options);
      command.addAll(List.of("-cp", classPath, REHEARSAL_MAIN));
      Process rehearsal =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(work.resolve("out.log").toFile())
              .start();
      if (!rehearsal.waitFor(REHEARSAL_SECONDS, TimeUnit.SECONDS)) {
        rehearsal.destroyForcibly().waitFor();
      } else if (rehearsal.exitValue() == 0 && Files.exists(made)) {
        Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      // Without the archive a start takes longer; that is all.
    } finally {
      delete(work);
    }
  }

  /** Archives of other JVMs and of earlier libraries. */
  private static void deleteOlder(Path target) throws IOException {
    try (DirectoryStream<Path> others =
        Files.newDirectoryStream(target.getParent(), "master-*.jsa")) {
      for (Path other : others) {
        Files.delete(other);
      }
    }
  }

  private static void delete(Path work) {
    if (work == null) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(work)) {
      for (Path left : files) {
        if (Files.isRegularFile(left)) {
          Files.delete(left);
        }
      }
      Files.delete(work);
    } catch (IOException e) {
      // Leftovers of a rehearsal that was killed; harmless.
    }
  }
}

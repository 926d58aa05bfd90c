package io.cadastre.bench.load;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A directory of the namespace with directories `d0000`, `d0001`, ... in it, and the operations of
 * a load on the files there. File number n is in directory n modulo their number. Thread-safe.
 */
public final class Workspace {
  private static final FileOptions COMPLETE = FileOptions.DEFAULT.withComplete(true);

  private final String top;
  private final String[] directories;

  private Workspace(String top, int count) {
    this.top = top;
    this.directories = new String[count];
    for (int i = 0; i < count; i++) {
      directories[i] = "%s/d%04d".formatted(top, i);
    }
  }

  /** Makes the directories. */
  public static Workspace create(MetadataClient client, String top, int directories)
      throws InterruptedException {
    Workspace workspace = new Workspace(top, directories);
    client.createDirectory(top, DirectoryOptions.DEFAULT.withParents(true));
    AtomicLong next = new AtomicLong();
    AsyncLoad.run(
            client,
            () -> {
              long i = next.getAndIncrement();
              return i >= directories
                  ? null
                  : Operation.createDirectory(
                      workspace.directories[(int) i], DirectoryOptions.DEFAULT);
            },
            16,
            100,
            Duration.ofMinutes(5))
        .orThrow();
    return workspace;
  }

  public String top() {
    return top;
  }

  public String directory(int number) {
    return directories[number];
  }

  public int directories() {
    return directories.length;
  }

  /** Path of a file. */
  public String file(long number) {
    return directories[(int) (number % directories.length)] + "/file-" + number;
  }

  private String renamed(long number) {
    return directories[(int) (number % directories.length)] + "/renamed-" + number;
  }

  /** Files 0, 1, 2, ... up to `limit`. */
  public OperationSource createFiles(long limit) {
    return counting(limit, number -> Operation.createFile(file(number), COMPLETE));
  }

  /** Begins files of other names, which stay incomplete. */
  public OperationSource beginFiles(long limit) {
    return counting(limit, number -> Operation.createFile(begun(number), FileOptions.DEFAULT));
  }

  /** Completes begun files; `written` is called with each path before, to write its bytes. */
  public OperationSource completeFiles(long count, Consumer<String> written) {
    return counting(
        count,
        number -> {
          written.accept(begun(number));
          return Operation.completeFile(begun(number), CompleteOptions.DEFAULT);
        });
  }

  private String begun(long number) {
    return file(number) + ".new";
  }

  /** Directories in the directories. */
  public OperationSource createDirectories(long limit) {
    return counting(
        limit,
        number -> Operation.createDirectory(file(number) + ".dir", DirectoryOptions.DEFAULT));
  }

  /** The status of files below `count`, at random, without end. */
  public OperationSource stat(long count) {
    return () ->
        Operation.getStatus(file(ThreadLocalRandom.current().nextLong(count)), ReadOptions.DEFAULT);
  }

  /** Changes the mode of file after file, over and over. */
  public OperationSource setAttributes(long count) {
    AtomicLong next = new AtomicLong();
    return () -> {
      long i = next.getAndIncrement();
      return Operation.setAttributes(
          file(i % count), AttributeChanges.NONE.mode(0600 + (int) (i / count % 8)));
    };
  }

  /** Renames each file below `count` once, within its directory. */
  public OperationSource rename(long count) {
    return counting(count, number -> Operation.rename(file(number), renamed(number), false));
  }

  /** Renames them back. */
  public OperationSource renameBack(long count) {
    return counting(count, number -> Operation.rename(renamed(number), file(number), false));
  }

  /** Deletes each file below `count`. */
  public OperationSource delete(long count) {
    return counting(count, number -> Operation.delete(file(number), DeleteOptions.DEFAULT));
  }

  private interface Numbered {
    Operation<?> operation(long number);
  }

  private static OperationSource counting(long limit, Numbered operations) {
    AtomicLong next = new AtomicLong();
    return () -> {
      long number = next.getAndIncrement();
      return number >= limit ? null : operations.operation(number);
    };
  }
}

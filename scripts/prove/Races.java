import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * The load of sync-2: 16 writers through the cluster, 4 programs that change the store behind it,
 * syncs of the directories that they all write, and of the very entries that are being written. A third of the names is written through the
 * cluster only: what was acknowledged there is read back at once, and again before the name is
 * changed the next time, so that a sync that undoes it is seen. A third is written outside only, a
 * third by both.
 *
 * <p>Prints counts as `name value` lines; what is wrong as lines that begin with WRONG.
 */
final class Races {
  private static final int DIRECTORIES = 16;
  private static final int WRITERS = 16;
  private static final int OUTSIDE = 4;
  private static final int LISTERS = 8;
  private static final int LOOKERS = 16;
  private static final int NAMES = 12;
  private static final int SHARED = 64;
  private static final String MOUNT = "/m";
  private static final ReadOptions AT_ONCE = ReadOptions.DEFAULT.withSyncIntervalMillis(0);

  private final MetadataClient client;
  private final Path store;
  private final long seed;
  private final List<Activity> activities = new ArrayList<>();
  // What each writer changes at this moment, and the target of its rename; those outside behind.
  private final AtomicReferenceArray<String> writing =
      new AtomicReferenceArray<>(2 * WRITERS + OUTSIDE);
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong outside = new AtomicLong();
  private final AtomicLong readBack = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong failedSyncs = new AtomicLong();
  private final AtomicLong overlapping = new AtomicLong();
  private final AtomicLong overlappingOutside = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final AtomicLong overlappingLooks = new AtomicLong();
  private volatile boolean stopped;

  /** What goes on in one directory, to tell which syncs overlap a change in it. */
  private static final class Activity {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong outsideBegun = new AtomicLong();
    private final AtomicInteger outsideRunning = new AtomicInteger();

    void change(boolean outside, Change change) throws Exception {
      AtomicInteger now = outside ? outsideRunning : running;
      now.incrementAndGet();
      (outside ? outsideBegun : begun).incrementAndGet();
      try {
        change.run();
      } finally {
        now.decrementAndGet();
      }
    }
  }

  private interface Change {
    void run() throws Exception;
  }

  private Races(MetadataClient client, Path store, long seed) {
    this.client = client;
    this.store = store;
    this.seed = seed;
    for (int i = 0; i < DIRECTORIES; i++) {
      activities.add(new Activity());
    }
  }

  /**
   * @param args masters, directory of the store, seconds, seed
   */
  public static void main(String[] args) throws Exception {
    Path store = Path.of(args[1]);
    try (MetadataClient client =
        MetadataClient.builder().masters(args[0]).callTimeout(Duration.ofSeconds(30)).build()) {
      Races races = new Races(client, store, Long.parseLong(args[3]));
      races.run(Integer.parseInt(args[2]));
      System.exit(races.wrong.isEmpty() ? 0 : 1);
    }
  }

  private void run(int seconds) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      Writer writer = new Writer(w);
      threads.add(new Thread(writer::work, "writer-" + w));
    }
    for (int o = 0; o < OUTSIDE; o++) {
      Random random = new Random(seed * 1_000 + 100 + o);
      int number = o;
      threads.add(new Thread(() -> changeOutside(number, random), "outside-" + o));
    }
    for (int l = 0; l < LISTERS; l++) {
      int number = l;
      threads.add(new Thread(() -> list(number), "lister-" + l));
    }
    for (int l = 0; l < LOOKERS; l++) {
      Random random = new Random(seed * 1_000 + 200 + l);
      threads.add(new Thread(() -> look(random), "looker-" + l));
    }
    threads.add(new Thread(this::load, "loader"));
    threads.forEach(Thread::start);
    Thread.sleep(Duration.ofSeconds(seconds).toMillis());
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("acknowledged " + acknowledged);
    System.out.println("refused " + refused);
    System.out.println("unknown " + unknown);
    System.out.println("outside " + outside);
    System.out.println("read-back " + readBack);
    System.out.println("syncs-of-directories " + syncs);
    System.out.println("syncs-without-answer " + failedSyncs);
    System.out.println("overlapping-syncs-of-directories " + overlapping);
    System.out.println("overlapping-outside-changes " + overlappingOutside);
    System.out.println("syncs-of-one-entry " + looks);
    System.out.println("overlapping-syncs-of-one-entry " + overlappingLooks);
    System.out.println("overlapping " + (overlapping.get() + overlappingLooks.get()));
    wrong.stream().limit(20).forEach(text -> System.out.println("WRONG " + text));
    System.out.println("wrong " + wrong.size());
  }

  private static String directory(int number) {
    return MOUNT + "/d" + number;
  }

  // Through the cluster.

  /** One of the 16: its own names, which nobody else writes, and names that all write. */
  private final class Writer {
    private final int number;
    private final Random random;
    private final Own[] names = new Own[NAMES];
    private int given;

    Writer(int number) {
      this.number = number;
      this.random = new Random(seed * 1_000 + number);
      for (int i = 0; i < NAMES; i++) {
        names[i] = newName();
      }
    }

    /** What is known of a name of one's own. */
    private final class Own {
      final int in;
      final String path;
      InodeKind kind;
      long id;
      int mode;

      Own(int in, String path) {
        this.in = in;
        this.path = path;
      }
    }

    private Own newName() {
      int in = random.nextInt(DIRECTORIES);
      return new Own(in, directory(in) + "/own-" + seed + "-" + number + "-" + given++);
    }

    void work() {
      while (!stopped) {
        int i = random.nextInt(NAMES);
        try {
          if (random.nextBoolean()) {
            shared();
          } else if (!verified(names[i], "later") || !changed(i)) {
            names[i] = newName();
          }
        } catch (MetadataException e) {
          if (isNoAnswer(e)) {
            // Whether it took effect, or will, is not known: the name is left to the last sync.
            unknown.incrementAndGet();
            names[i] = newName();
          } else {
            wrong.add(names[i].path + ": " + e.code() + " " + e.getMessage());
            names[i] = newName();
          }
        } catch (Exception e) {
          wrong.add(names[i].path + ": " + e);
        }
      }
    }

    private boolean isNoAnswer(MetadataException e) {
      return e.code().retryable() || e.code() == ErrorCode.OPERATION_ID_EXPIRED;
    }

    /** Whether the name is as it was acknowledged; if not, that is wrong. */
    private boolean verified(Own name, String when) {
      FileStatus found = null;
      try {
        found = client.getStatus(name.path).value();
      } catch (MetadataException e) {
        if (e.code() != ErrorCode.NOT_FOUND) {
          throw e;
        }
      }
      readBack.incrementAndGet();
      boolean same =
          name.kind == null
              ? found == null
              : found != null
                  && found.getKind() == name.kind
                  && (name.id == 0 || found.getId() == name.id)
                  && (name.mode == 0 || found.getMode() == name.mode);
      if (!same) {
        wrong.add(
            name.path
                + " "
                + when
                + ": acknowledged "
                + (name.kind == null ? "absent" : name.kind + " " + name.id + " " + name.mode)
                + ", read "
                + (found == null
                    ? "absent"
                    : found.getKind() + " " + found.getId() + " " + found.getMode()));
        return false;
      }
      if (found != null) {
        name.id = found.getId();
        name.mode = found.getMode();
      }
      return true;
    }

    private boolean changed(int i) throws Exception {
      Own name = names[i];
      int choice = random.nextInt(10);
      if (name.kind == null) {
        if (choice < 7) {
          change(name, () -> createFile(name.path));
          name.kind = InodeKind.FILE;
        } else {
          change(name, () -> client.createDirectory(name.path));
          name.kind = InodeKind.DIRECTORY;
        }
      } else if (choice < 5) {
        change(name, () -> client.delete(name.path, DeleteOptions.DEFAULT));
        name.kind = null;
        name.id = 0;
        name.mode = 0;
      } else if (choice < 8) {
        int mode = 0700 | random.nextInt(0100);
        change(name, () -> client.setAttributes(name.path, AttributeChanges.NONE.mode(mode)));
        name.mode = mode;
      } else {
        Own other = newName();
        change(name, other, () -> client.rename(name.path, other.path, false));
        other.kind = name.kind;
        other.id = name.id;
        other.mode = name.mode;
        name.kind = null;
        boolean gone = verified(name, "at once");
        names[i] = other;
        return gone && verified(other, "at once");
      }
      return verified(name, "at once");
    }

    private void change(Own name, Change change) throws Exception {
      change(name.in, name.path, change);
      acknowledged.incrementAndGet();
    }

    private void change(int in, String path, Change change) throws Exception {
      writing.set(2 * number, path);
      try {
        activities.get(in).change(false, change);
      } finally {
        writing.set(2 * number, null);
      }
    }

    private void change(Own from, Own to, Change change) throws Exception {
      writing.set(2 * number + 1, to.path);
      try {
        change(from.in, from.path, () -> activities.get(to.in).change(false, change));
      } finally {
        writing.set(2 * number + 1, null);
      }
      acknowledged.incrementAndGet();
    }

    /** As a client of the store does: the cluster first, then the bytes, then the cluster again. */
    private void createFile(String path) throws IOException {
      client.createFile(path);
      Files.writeString(store.resolve(path.substring(MOUNT.length() + 1)), "bytes of " + number);
      client.completeFile(path, CompleteOptions.DEFAULT);
    }

    /** A name that others change, too: any refusal may be right. */
    private void shared() throws Exception {
      int in = random.nextInt(DIRECTORIES);
      String path = directory(in) + "/shared-" + random.nextInt(SHARED);
      try {
        change(
            in,
            path,
            () -> {
              switch (random.nextInt(4)) {
                case 0, 1 -> createFile(path);
                case 2 -> client.createDirectory(path);
                default -> client.delete(path, DeleteOptions.DEFAULT.withRecursive(true));
              }
            });
        acknowledged.incrementAndGet();
      } catch (MetadataException e) {
        (isNoAnswer(e) ? unknown : refused).incrementAndGet();
        if (e.code() == ErrorCode.INTERNAL || e.code() == ErrorCode.CORRUPT) {
          wrong.add(path + ": " + e.code() + " " + e.getMessage());
        }
      } catch (IOException e) {
        // Somebody else put a directory where the bytes were to go: the file stays incomplete.
        refused.incrementAndGet();
      }
    }
  }

  // Behind the cluster's back.

  private void changeOutside(int number, Random random) {
    while (!stopped) {
      int in = random.nextInt(DIRECTORIES);
      String name =
          random.nextBoolean()
              ? "shared-" + random.nextInt(SHARED)
              : "outside-" + number + "-" + random.nextInt(SHARED);
      Path path = store.resolve("d" + in).resolve(name);
      try {
        writing.set(2 * WRITERS + number, directory(in) + "/" + name);
        try {
          activities.get(in).change(true, () -> changeOutside(path, random));
        } finally {
          writing.set(2 * WRITERS + number, null);
        }
        outside.incrementAndGet();
        // Each sync shall find some of them, not spend its time on hundreds.
        Thread.sleep(20);
      } catch (IOException e) {
        // Another one was faster.
        continue;
      } catch (Exception e) {
        wrong.add("outside " + path + ": " + e);
      }
    }
  }

  private static void changeOutside(Path path, Random random) throws IOException {
    if (!Files.exists(path)) {
      if (random.nextInt(4) == 0) {
        Files.createDirectory(path);
        Files.write(path.resolve("inner"), new byte[random.nextInt(9)]);
      } else {
        Files.write(path, new byte[1 + random.nextInt(9)], StandardOpenOption.CREATE_NEW);
      }
    } else if (random.nextBoolean()) {
      remove(path);
    } else if (Files.isDirectory(path)) {
      Files.write(path.resolve("f" + random.nextInt(9)), new byte[random.nextInt(9)]);
    } else {
      Files.write(path, new byte[1 + random.nextInt(9)], StandardOpenOption.APPEND);
    }
  }

  private static void remove(Path path) throws IOException {
    List<Path> found;
    try (Stream<Path> tree = Files.walk(path)) {
      found = tree.sorted(Comparator.reverseOrder()).toList();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path entry : found) {
      Files.deleteIfExists(entry);
    }
  }

  // Syncs.

  /** Lists its own part of the directories, so that no two callers share a run. */
  private void list(int number) {
    ListOptions options = ListOptions.DEFAULT.withRead(AT_ONCE);
    for (int i = number; !stopped; i = (i + LISTERS) % DIRECTORIES) {
      Activity activity = activities.get(i);
      long begun = activity.begun.get();
      long outsideBegun = activity.outsideBegun.get();
      boolean busy = activity.running.get() > 0;
      boolean outsideBusy = activity.outsideRunning.get() > 0;
      try (ListStream pages = client.list(directory(i), options)) {
        pages.forEachRemaining(page -> {});
      } catch (MetadataException e) {
        if (!e.code().retryable() && e.code() != ErrorCode.VIEW_EXPIRED) {
          wrong.add("list " + directory(i) + ": " + e.code() + " " + e.getMessage());
        }
        failedSyncs.incrementAndGet();
        continue;
      }
      syncs.incrementAndGet();
      boolean overOutside = outsideBusy || activity.outsideBegun.get() > outsideBegun;
      if (overOutside) {
        overlappingOutside.incrementAndGet();
      }
      if (overOutside || busy || activity.begun.get() > begun) {
        overlapping.incrementAndGet();
      }
    }
  }

  /** Looks at the very names that are being changed: a sync of one entry, in the middle of that. */
  private void look(Random random) {
    while (!stopped) {
      String path = writing.get(random.nextInt(writing.length()));
      if (path == null) {
        path = directory(random.nextInt(DIRECTORIES)) + "/shared-" + random.nextInt(SHARED);
      }
      boolean busy = isWritten(path);
      try {
        client.getStatus(path, AT_ONCE);
      } catch (MetadataException e) {
        if (e.code() != ErrorCode.NOT_FOUND) {
          if (!e.code().retryable()) {
            wrong.add("look at " + path + ": " + e.code() + " " + e.getMessage());
          }
          failedSyncs.incrementAndGet();
          continue;
        }
      }
      looks.incrementAndGet();
      if (busy || isWritten(path)) {
        overlappingLooks.incrementAndGet();
      }
    }
  }

  private boolean isWritten(String path) {
    for (int i = 0; i < writing.length(); i++) {
      if (path.equals(writing.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Compares everything, over and over; what could not be read meanwhile is of no interest. */
  private void load() {
    while (!stopped) {
      try {
        client.loadMetadata(
            MOUNT, LoadOptions.DEFAULT.withRecursive(true).withForce(true), progress -> {});
      } catch (MetadataException e) {
        failedSyncs.incrementAndGet();
      }
    }
  }
}

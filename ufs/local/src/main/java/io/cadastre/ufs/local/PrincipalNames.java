package io.cadastre.ufs.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Names of numeric users and groups, kept for a while: asking the host's name service for each
 * entry would cost more than the entry. A number without a name is kept shorter, in case the name
 * service is only away. Thread-safe; at most {@value #LIMIT} of each.
 */
final class PrincipalNames {
  private static final int LIMIT = 10_000;
  private static final long NAME_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long NUMBER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<Integer, Known> users = new ConcurrentHashMap<>();
  private final Map<Integer, Known> groups = new ConcurrentHashMap<>();

  private record Known(String name, long sinceNanos, long lifeNanos) {
    boolean valid() {
      return System.nanoTime() - sinceNanos < lifeNanos;
    }
  }

  /** The owner's name; `path` is a file of this owner, asked if the name is not known. */
  String user(int uid, Path path) throws IOException {
    Known known = users.get(uid);
    return known != null && known.valid() ? known.name : ask(users, "uid", "owner", uid, path);
  }

  String group(int gid, Path path) throws IOException {
    Known known = groups.get(gid);
    return known != null && known.valid() ? known.name : ask(groups, "gid", "group", gid, path);
  }

  private static String ask(
      Map<Integer, Known> names, String idKey, String nameKey, int id, Path path)
      throws IOException {
    Map<String, Object> read =
        Files.readAttributes(path, "unix:" + idKey + "," + nameKey, LinkOption.NOFOLLOW_LINKS);
    String number = Integer.toUnsignedString(id);
    if (!read.get(idKey).equals(id)) {
      // The file changed hands since the caller looked; its change will be seen by the next sync.
      return number;
    }
    String name = ((UserPrincipal) read.get(nameKey)).getName();
    if (names.size() >= LIMIT) {
      names.clear();
    }
    boolean nameless = name.equals(number) || name.equals(Integer.toString(id));
    names.put(
        id,
        new Known(
            nameless ? number : name, System.nanoTime(), nameless ? NUMBER_NANOS : NAME_NANOS));
    return nameless ? number : name;
  }
}

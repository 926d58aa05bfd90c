package io.cadastre.cli.format;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.Xattr;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One inode as text and as JSON. */
public final class StatusText {
  private StatusText() {}

  /** As in `ls -l`: d, l, or - for a file. */
  public static char typeLetter(FileStatus status) {
    return switch (status.getKind()) {
      case DIRECTORY -> 'd';
      case SYMLINK -> 'l';
      default -> '-';
    };
  }

  /** `file`, `directory`, `symlink`. */
  public static String type(FileStatus status) {
    return status.getKind().name().toLowerCase(Locale.ROOT);
  }

  /** Every field on a line, for `stat`. */
  public static List<String> lines(FileStatus status, String path, ZoneId zone) {
    List<String> lines = new ArrayList<>();
    add(lines, "path", path);
    add(lines, "type", type(status) + (status.getIncomplete() ? " (incomplete)" : ""));
    add(lines, "id", status.getId());
    add(lines, "size", status.getSize());
    if (typeLetter(status) == 'd') {
      add(lines, "children", status.getChildCount());
    }
    add(lines, "owner", status.getOwner());
    add(lines, "group", status.getGroup());
    String mode = ModeText.of(typeLetter(status), status.getMode());
    add(lines, "mode", ModeText.octal(status.getMode()) + " (" + mode + ")");
    add(lines, "modified", TimeText.full(status.getMtimeMillis(), zone));
    add(lines, "changed", TimeText.full(status.getCtimeMillis(), zone));
    add(lines, "created", TimeText.full(status.getCreatedMillis(), zone));
    addIfPresent(lines, "link target", status.getLinkTarget());
    addIfPresent(lines, "store", status.getStoreUri());
    if (status.getMountPoint()) {
      add(lines, "mount point", "yes");
    }
    addIfPresent(lines, "fingerprint", status.getFingerprint());
    if (!status.getStoreUri().isEmpty()) {
      add(lines, "synced", TimeText.full(status.getSyncedMillis(), zone));
      if (typeLetter(status) == 'd') {
        add(lines, "children", "synced " + TimeText.full(status.getChildrenSyncedMillis(), zone));
      }
    }
    addIfPresent(lines, "sync due", status.getDue());
    add(lines, "change index", status.getChangeIndex());
    for (Xattr xattr : status.getXattrsList()) {
      add(lines, "xattr", xattr.getName() + "=" + valueText(xattr.getValue()));
    }
    return lines;
  }

  /** All fields, times in UTC milliseconds with ISO-8601 beside. */
  public static Json json(FileStatus status, String path) {
    return Json.object()
        .put("path", path)
        .put("type", type(status))
        .put("id", status.getId())
        .put("size", status.getSize())
        .put("childCount", typeLetter(status) == 'd' ? status.getChildCount() : null)
        .put("owner", status.getOwner())
        .put("group", status.getGroup())
        .put("mode", ModeText.octal(status.getMode()))
        .time("modified", status.getMtimeMillis())
        .time("changed", status.getCtimeMillis())
        .time("created", status.getCreatedMillis())
        .put("incomplete", status.getIncomplete())
        .putIfPresent("linkTarget", status.getLinkTarget())
        .putIfPresent("storeUri", status.getStoreUri())
        .put("mountPoint", status.getMountPoint())
        .putIfPresent("fingerprint", status.getFingerprint())
        .time("synced", status.getSyncedMillis())
        .time("childrenSynced", status.getChildrenSyncedMillis())
        .putIfPresent("syncDue", status.getDue())
        .put("changeIndex", status.getChangeIndex())
        .putAll("xattrs", status.getXattrsList(), StatusText::json);
  }

  /** `name`, `base64`, and `text` if the value is UTF-8. */
  public static Json json(Xattr xattr) {
    Json json = Json.object().put("name", xattr.getName());
    utf8(xattr.getValue()).ifPresent(text -> json.put("text", text));
    return json.put("base64", base64(xattr.getValue()));
  }

  /** The value as it is if it is printable UTF-8, else `base64:...`. */
  public static String valueText(ByteString value) {
    return utf8(value)
        .filter(text -> text.chars().noneMatch(Character::isISOControl))
        .orElseGet(() -> "base64:" + base64(value));
  }

  private static String base64(ByteString value) {
    return Base64.getEncoder().encodeToString(value.toByteArray());
  }

  private static Optional<String> utf8(ByteString value) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(value.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static void addIfPresent(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      add(lines, name, value);
    }
  }

  private static void add(List<String> lines, String name, Object value) {
    lines.add(
        String.format("%-13s %s", name + ":", ListingFormat.printable(String.valueOf(value))));
  }
}

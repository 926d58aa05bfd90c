package io.cadastre.journal.tools;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Journal messages as JSON for people: fields by their names in the protocol, only those that are
 * set, inode rows taken apart, bytes as text where they are text.
 */
final class RecordJson {
  private static final Set<String> ROWS = Set.of("row", "rows", "root_row");

  private RecordJson() {}

  static void write(JsonText json, Message message) {
    json.open('{');
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      FieldDescriptor descriptor = field.getKey();
      json.name(descriptor.getName());
      if (descriptor.isRepeated()) {
        json.open('[');
        for (Object element : (List<?>) field.getValue()) {
          value(json, descriptor, element);
        }
        json.close(']');
      } else {
        value(json, descriptor, field.getValue());
      }
    }
    json.close('}');
  }

  private static void value(JsonText json, FieldDescriptor field, Object value) {
    switch (field.getType()) {
      case MESSAGE, GROUP -> write(json, (Message) value);
      case BYTES -> {
        ByteString bytes = (ByteString) value;
        if (ROWS.contains(field.getName())) {
          row(json, bytes.toByteArray());
        } else {
          bytes(json, bytes);
        }
      }
      case ENUM -> json.text(((EnumValueDescriptor) value).getName());
      case BOOL -> json.bool((Boolean) value);
      case STRING -> json.text((String) value);
      case UINT64, FIXED64 -> json.unsigned((Long) value);
      case UINT32, FIXED32 -> json.number(Integer.toUnsignedLong((Integer) value));
      case INT64, SINT64, SFIXED64 -> json.number((Long) value);
      case INT32, SINT32, SFIXED32 -> json.number((Integer) value);
      default -> json.text(String.valueOf(value));
    }
  }

  private static void bytes(JsonText json, ByteString bytes) {
    if (bytes.isValidUtf8() && isPrintable(bytes.toStringUtf8())) {
      json.text(bytes.toStringUtf8());
    } else {
      hex(json, bytes.toByteArray());
    }
  }

  private static boolean isPrintable(String text) {
    return text.codePoints().noneMatch(Character::isISOControl);
  }

  private static void hex(JsonText json, byte[] bytes) {
    json.open('{').name("hex").text(HexFormat.of().formatHex(bytes)).close('}');
  }

  private static void row(JsonText json, byte[] row) {
    try {
      InodeRow.check(row);
      Message body = InodeRow.body(row);
      json.open('{');
      json.name("change_index").unsigned(InodeRow.changeIndex(row));
      json.name("mtime_millis").number(InodeRow.mtimeMillis(row));
      json.name("ctime_millis").number(InodeRow.ctimeMillis(row));
      json.name("child_count").number(InodeRow.childCount(row));
      json.name("synced_millis").number(InodeRow.syncedMillis(row));
      json.name("synced_index").unsigned(InodeRow.syncedIndex(row));
      json.name("body");
      write(json, body);
      json.close('}');
    } catch (MetadataException e) {
      // A dump is for looking at what is wrong, too.
      hex(json, row);
    }
  }
}

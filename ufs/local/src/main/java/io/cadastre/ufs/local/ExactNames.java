package io.cadastre.ufs.local;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Names as bytes. The JDK keeps a path's bytes and decodes them for show, so a name that is not
 * UTF-8 can be used but its text is not the name; here that is noticed.
 */
final class ExactNames {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String PROBE = "\u00e9\u4e2d\ud835\udcb3";
  private static final String PROBE_URI = "%C3%A9%E4%B8%AD%F0%9D%92%B3";

  private ExactNames() {}

  /**
   * Checks that this JVM writes names as UTF-8, which the locale at its start decides.
   *
   * @throws MetadataException UNSUPPORTED, saying how to start it
   */
  static void checkEncoding() {
    boolean utf8;
    try {
      utf8 = Path.of("/" + PROBE).toUri().getRawPath().equals("/" + PROBE_URI);
    } catch (InvalidPathException e) {
      utf8 = false;
    }
    if (!utf8) {
      throw new MetadataException(
          ErrorCode.UNSUPPORTED,
          "This process cannot name files in UTF-8 (sun.jnu.encoding is "
              + System.getProperty("sun.jnu.encoding")
              + "); start the master with the environment LC_ALL=C.UTF-8");
    }
  }

  /** Whether a text is the very bytes of a path or name; one comparison in the common case. */
  static boolean isExact(String text, Path path) {
    return text.indexOf(REPLACEMENT) < 0 || Path.of(text).equals(path);
  }

  /** The last component of an absolute path, with the bytes that are not UTF-8 as `\xNN`. */
  static String escapedName(Path path) {
    String raw = path.toUri().getRawPath();
    int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
    return escape(percentDecode(raw.substring(raw.lastIndexOf('/', end - 1) + 1, end)));
  }

  private static byte[] percentDecode(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  static String escape(byte[] name) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(name);
    CharBuffer out = CharBuffer.allocate(name.length * 4 + 4);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put(String.format("\\x%02X", in.get() & 0xff));
      }
    }
  }
}

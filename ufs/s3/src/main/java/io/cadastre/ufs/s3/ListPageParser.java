package io.cadastre.ufs.s3;

import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the body of a ListObjectsV2 answer as a stream. The SDK builds a tree of it first and fills
 * its own objects from that, several times the work. What is not needed is passed over; anything
 * but a whole `ListBucketResult` is an error, never an empty page. Used by one thread, for one
 * body.
 */
final class ListPageParser {
  private static final ThreadLocal<XMLInputFactory> READERS =
      ThreadLocal.withInitial(ListPageParser::readers);

  private static final String ROOT = "ListBucketResult";

  /** `2026-11-29T10:15:30`, and behind it the fraction and the Z. */
  private static final int SECONDS_END = 19;

  private static final long SECONDS_OF_DAY = 86_400;

  private final XMLStreamReader reader;
  private final StringBuilder text = new StringBuilder();
  private final List<ObjectStatus> objects = new ArrayList<>();
  private final List<String> prefixes = new ArrayList<>();
  private Boolean truncated;
  private String nextToken;
  private boolean encoded;

  private ListPageParser(XMLStreamReader reader) {
    this.reader = reader;
  }

  private static XMLInputFactory readers() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /**
   * Reads a whole page. Does not close the body.
   *
   * @throws XMLStreamException if it is none, or is cut off; {@link
   *     XMLStreamException#getNestedException} if the body could not be read
   */
  static ListPage parse(InputStream body) throws XMLStreamException {
    XMLStreamReader reader = READERS.get().createXMLStreamReader(body);
    try {
      return new ListPageParser(reader).page();
    } finally {
      reader.close();
    }
  }

  private ListPage page() throws XMLStreamException {
    reader.nextTag();
    if (!reader.getLocalName().equals(ROOT)) {
      throw malformed("it is a " + reader.getLocalName() + ", not a " + ROOT);
    }
    while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
      switch (reader.getLocalName()) {
        case "Contents" -> object();
        case "CommonPrefixes" -> commonPrefix();
        case "IsTruncated" -> truncated = truth(text().trim());
        case "NextContinuationToken" -> nextToken = text();
        case "EncodingType" -> encoded = text().equals("url");
        default -> skip();
      }
    }
    while (reader.hasNext()) {
      reader.next();
    }
    if (truncated == null) {
      // What follows would else be taken for deleted.
      throw malformed("it does not say whether more follows");
    }
    return encoded ? decoded() : new ListPage(objects, prefixes, truncated, nextToken);
  }

  private void object() throws XMLStreamException {
    String key = null;
    long size = 0;
    String etag = "";
    Instant modified = null;
    String storageClass = "";
    while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
      switch (reader.getLocalName()) {
        case "Key" -> key = text();
        case "Size" -> size = size(text());
        case "ETag" -> etag = text();
        case "LastModified" -> modified = time(text());
        case "StorageClass" -> storageClass = text();
        default -> skip();
      }
    }
    if (key == null) {
      throw malformed("an object has no key");
    }
    objects.add(new ObjectStatus(key, size, etag, modified, storageClass));
  }

  private void commonPrefix() throws XMLStreamException {
    while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
      if (reader.getLocalName().equals("Prefix")) {
        prefixes.add(text());
      } else {
        skip();
      }
    }
  }

  /** The text of the element that begins here; goes to its end. */
  private String text() throws XMLStreamException {
    text.setLength(0);
    for (int event = reader.next();
        event != XMLStreamConstants.END_ELEMENT;
        event = reader.next()) {
      if (event == XMLStreamConstants.CHARACTERS
          || event == XMLStreamConstants.CDATA
          || event == XMLStreamConstants.SPACE) {
        text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        throw malformed("there is a " + reader.getLocalName() + " where a text should be");
      }
    }
    return text.toString();
  }

  /** Passes over the element that begins here, with all that is in it. */
  private void skip() throws XMLStreamException {
    int depth = 1;
    while (depth > 0) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      }
    }
  }

  private static boolean truth(String text) throws XMLStreamException {
    if (!text.equals("true") && !text.equals("false")) {
      throw malformed("'" + text + "' where true or false should be");
    }
    return text.equals("true");
  }

  private static long size(String digits) throws XMLStreamException {
    try {
      return Long.parseLong(digits.trim());
    } catch (NumberFormatException e) {
      throw malformed("a size is '" + digits + "'");
    }
  }

  /** To the second. What S3 writes is read by hand, as the JDK's parser takes far longer. */
  private static Instant time(String iso) throws XMLStreamException {
    try {
      int year = digits(iso, 0, 4);
      int month = digits(iso, 5, 7);
      int day = digits(iso, 8, 10);
      int hour = digits(iso, 11, 13);
      int minute = digits(iso, 14, 16);
      int second = digits(iso, 17, SECONDS_END);
      boolean usual =
          (year | month | day | hour | minute | second) >= 0
              && iso.charAt(4) == '-'
              && iso.charAt(7) == '-'
              && iso.charAt(10) == 'T'
              && iso.charAt(13) == ':'
              && iso.charAt(16) == ':'
              && hour < 24
              && minute < 60
              && second < 60
              && endsUsually(iso);
      return usual
          ? Instant.ofEpochSecond(
              LocalDate.of(year, month, day).toEpochDay() * SECONDS_OF_DAY
                  + (hour * 60 + minute) * 60L
                  + second)
          : Instant.parse(iso);
    } catch (DateTimeException e) {
      throw malformed("a time is '" + iso + "'");
    }
  }

  /** Negative if something else is there. */
  private static int digits(String text, int from, int to) {
    if (text.length() < to) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static boolean endsUsually(String iso) {
    int last = iso.length() - 1;
    return iso.charAt(last) == 'Z'
        && (last == SECONDS_END
            || (iso.charAt(SECONDS_END) == '.' && digits(iso, SECONDS_END + 1, last) >= 0));
  }

  /** Keys came in the encoding of URLs, which says so only somewhere in the page. */
  private ListPage decoded() throws XMLStreamException {
    try {
      List<ObjectStatus> plain = new ArrayList<>();
      objects.forEach(object -> plain.add(object.withKey(decode(object.key()))));
      return new ListPage(
          plain, prefixes.stream().map(ListPageParser::decode).toList(), truncated, nextToken);
    } catch (IllegalArgumentException e) {
      throw malformed("a key is not in the encoding of URLs: " + e.getMessage());
    }
  }

  private static String decode(String key) {
    return URLDecoder.decode(key, StandardCharsets.UTF_8);
  }

  private static XMLStreamException malformed(String what) {
    return new XMLStreamException(what);
  }
}

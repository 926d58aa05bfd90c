package io.cadastre.ufs.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListPageParserTest {
  private static final String HEAD =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";

  private static final String TAIL = "<IsTruncated>false</IsTruncated></ListBucketResult>";

  private static ListPage parse(String text) throws XMLStreamException {
    return ListPageParser.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static ListPage page(String inside) throws XMLStreamException {
    return parse(HEAD + inside + TAIL);
  }

  private static String object(String inside) {
    return "<Contents>" + inside + "</Contents>";
  }

  @Test
  void allThatIsWantedIsReadAndTheRestPassedOver() throws XMLStreamException {
    ListPage page =
        parse(
            HEAD
                + """

              <Name>bucket</Name><Prefix>a/</Prefix><StartAfter/>
              <IsTruncated> true </IsTruncated>
              <NextContinuationToken>1/abc+=&amp;</NextContinuationToken>
              <Contents>
                <Key>a/\u00fc \ud83d\ude00 &lt;&#x41;&gt; %41+</Key>
                <LastModified>2026-11-29T10:15:30.999Z</LastModified>
                <ETag>&quot;c4ca&quot;</ETag>
                <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>X</ChecksumAlgorithm>
                <Size>12345678901</Size>
                <Owner><ID>me</ID><Key>not this</Key></Owner>
                <StorageClass>GLACIER</StorageClass>
                <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>
              </Contents>
              <Contents><Key><![CDATA[a/<b>]]>&amp;c</Key></Contents>
              <CommonPrefixes><Prefix>a/d/</Prefix></CommonPrefixes>
              <CommonPrefixes><Prefix>a/e/</Prefix></CommonPrefixes></ListBucketResult>
            """);
    assertThat(page)
        .isEqualTo(
            new ListPage(
                List.of(
                    new ObjectStatus(
                        "a/\u00fc \ud83d\ude00 <A> %41+",
                        12345678901L, "\"c4ca\"", Instant.parse("2026-11-29T10:15:30Z"), "GLACIER"),
                    new ObjectStatus("a/<b>&c", 0, "", null, "")),
                List.of("a/d/", "a/e/"),
                true,
                "1/abc+=&"));
  }

  @Test
  void keysInTheEncodingOfUrlsAreDecodedWhereverThePageSaysSo() throws XMLStreamException {
    ListPage page =
        page(
            object("<Key>a%2Fb+c%2B%01</Key><Size>1</Size>")
                + "<CommonPrefixes><Prefix>a%2Fd%2F</Prefix></CommonPrefixes>"
                + "<EncodingType>url</EncodingType>");
    assertThat(page.objects()).extracting(ObjectStatus::key).containsExactly("a/b c+\u0001");
    assertThat(page.objects()).extracting(ObjectStatus::size).containsExactly(1L);
    assertThat(page.prefixes()).containsExactly("a/d/");
  }

  @Test
  void anEmptyPageIsOne() throws XMLStreamException {
    assertThat(page("<KeyCount>0</KeyCount>"))
        .isEqualTo(new ListPage(List.of(), List.of(), false, null));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-29T10:15:30Z, 2026-11-29T10:15:30Z",
    "2024-02-29T23:59:59.123456Z, 2024-02-29T23:59:59Z",
    "1969-12-31T23:59:59.9Z, 1969-12-31T23:59:59Z",
    "2026-11-29T10:15:30+02:00, 2026-11-29T08:15:30Z"
  })
  void timesAreReadToTheSecond(String written, Instant meant) throws XMLStreamException {
    String key = "<Key>k</Key><LastModified>" + written + "</LastModified>";
    assertThat(page(object(key)).objects().get(0).modified()).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-30T10:15:30Z",
        "2026-11-29T24:15:30Z",
        "2026-11-29 10:15:30Z",
        "2026-11-29T10:15:30.Zebra",
        "yesterday",
        ""
      })
  void whatIsNoTimeIsRefused(String written) {
    String key = "<Key>k</Key><LastModified>" + written + "</LastModified>";
    assertThatThrownBy(() -> page(object(key)))
        .isInstanceOf(XMLStreamException.class)
        .hasMessageContaining("a time is '" + written + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "<html><body>Welcome</body></html>",
        "<Error><Code>InternalError</Code></Error>",
        HEAD,
        HEAD + "<Contents><Key>a</Key></Contents>",
        HEAD + "<Contents><Key>a</Key>" + TAIL,
        HEAD + "<Contents><Size>1</Size></Contents>" + TAIL,
        HEAD + "<Contents><Key>a<b/></Key></Contents>" + TAIL,
        HEAD + "<Contents><Key>a</Key><Size>x</Size></Contents>" + TAIL,
        HEAD + "<EncodingType>url</EncodingType><Contents><Key>%x</Key></Contents>" + TAIL,
        HEAD + TAIL + "<more/>",
        HEAD + "</ListBucketResult>",
        HEAD + "<IsTruncated>perhaps</IsTruncated></ListBucketResult>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><ListBucketResult><Contents><Key>&e;"
            + "</Key></Contents>"
            + TAIL
      })
  void whatIsNoWholePageIsRefused(String body) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(XMLStreamException.class);
  }
}

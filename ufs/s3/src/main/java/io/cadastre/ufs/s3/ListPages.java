package io.cadastre.ufs.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Takes the pages of listings off the wire before the SDK reads them: it makes a tree and then
 * objects of its own of each body, which is most of what a listing costs. The SDK still signs,
 * sends, retries and reads errors. Called by it on the threads of callers; thread-safe.
 */
final class ListPages implements ExecutionInterceptor {
  /** Where the page of a call travels back. */
  static final ExecutionAttribute<Taken> TAKEN =
      new ExecutionAttribute<>("io.cadastre.ufs.s3.page");

  /** What is left for the SDK to read. */
  private static final byte[] NOTHING = "<ListBucketResult/>".getBytes(StandardCharsets.UTF_8);

  /** The page of the last attempt of one call. Used by its thread. */
  static final class Taken {
    private ListPage page;

    ListPage page() {
      return page;
    }
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    Taken taken = attributes.getAttribute(TAKEN);
    if (taken == null
        || !context.httpResponse().isSuccessful()
        || context.responseBody().isEmpty()) {
      return context.responseBody();
    }
    taken.page = read(context.responseBody().get());
    return Optional.of(new ByteArrayInputStream(NOTHING));
  }

  private static ListPage read(InputStream body) {
    try (body) {
      return ListPageParser.parse(body);
    } catch (XMLStreamException e) {
      // A body that breaks off is asked for again, one that is no listing is not.
      if (e.getNestedException() instanceof IOException cut) {
        throw SdkClientException.create("The store's answer broke off", cut);
      }
      throw SdkClientException.create(
          "The store's answer is no page of a listing: " + e.getMessage().replace("\n", ", "));
    } catch (IOException e) {
      throw SdkClientException.create("The store's answer cannot be read", e);
    }
  }
}

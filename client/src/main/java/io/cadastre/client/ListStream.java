package io.cadastre.client;

import java.util.Iterator;

/**
 * The pages of a listing, in key order: {@link MetadataClient#list}. For one thread at a time.
 * Closing it before its end tells the master to stop.
 */
public final class ListStream implements Iterator<Page>, AutoCloseable {
  ListStream(CallEngine engine, CallSettings call, String path, ListOptions options) {}

  @Override
  public boolean hasNext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Page next() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}

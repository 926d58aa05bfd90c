package io.cadastre.client;

import com.google.protobuf.ByteString;

/**
 * How a directory is listed.
 *
 * @param read sync and read level
 * @param recursive everything below, not only the children
 * @param pageEntries entries a page; 0: the master's choice
 * @param limit at most this many entries in all; 0: no limit
 * @param resumeToken go on after the page that carried this token; empty: from the start
 * @param allowNewerView when the listing's view is gone (failover, too long a pause): go on at a
 *     newer one, which the pages then say, instead of failing with VIEW_EXPIRED
 */
public record ListOptions(
    ReadOptions read,
    boolean recursive,
    int pageEntries,
    long limit,
    ByteString resumeToken,
    boolean allowNewerView) {
  public static final ListOptions DEFAULT =
      new ListOptions(ReadOptions.DEFAULT, false, 0, 0, ByteString.EMPTY, false);

  public ListOptions {
    Checks.require(pageEntries >= 0, "pageEntries", "0 (the master's choice) or more expected");
    Checks.require(limit >= 0, "limit", "0 (no limit) or more expected");
  }

  public ListOptions withRead(ReadOptions newRead) {
    return new ListOptions(newRead, recursive, pageEntries, limit, resumeToken, allowNewerView);
  }

  public ListOptions withRecursive(boolean newRecursive) {
    return new ListOptions(read, newRecursive, pageEntries, limit, resumeToken, allowNewerView);
  }

  public ListOptions withPageEntries(int newPageEntries) {
    return new ListOptions(read, recursive, newPageEntries, limit, resumeToken, allowNewerView);
  }

  public ListOptions withLimit(long newLimit) {
    return new ListOptions(read, recursive, pageEntries, newLimit, resumeToken, allowNewerView);
  }

  public ListOptions withResumeToken(ByteString newToken) {
    return new ListOptions(read, recursive, pageEntries, limit, newToken, allowNewerView);
  }

  public ListOptions withAllowNewerView(boolean newAllow) {
    return new ListOptions(read, recursive, pageEntries, limit, resumeToken, newAllow);
  }
}

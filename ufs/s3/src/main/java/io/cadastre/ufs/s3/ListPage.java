package io.cadastre.ufs.s3;

import java.util.List;

/**
 * One page of a listing, as the store sent it.
 *
 * @param prefixes what keys with a further delimiter were folded into
 * @param nextToken null if nothing follows, or the store does not say how to get it
 */
record ListPage(
    List<ObjectStatus> objects, List<String> prefixes, boolean truncated, String nextToken) {}

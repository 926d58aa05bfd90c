package io.cadastre.client;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.FileStatus;
import java.util.List;

/**
 * One page of a listing.
 *
 * @param entries in key order
 * @param served the view that the page was read from; the same state index for all pages unless one
 *     says {@code newerView}
 * @param resumeToken to go on after this page with {@link ListOptions#withResumeToken}
 * @param newerView this page and later ones come from a newer view than the ones before
 * @param last nothing follows
 */
public record Page(
    List<FileStatus> entries,
    Served served,
    ByteString resumeToken,
    boolean newerView,
    boolean last) {}

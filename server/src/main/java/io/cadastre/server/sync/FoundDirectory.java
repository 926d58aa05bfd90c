package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;

/**
 * A directory that a run has found and is going to compare.
 *
 * @param listing asked for ahead or not; closed by who takes the directory from the queue
 */
record FoundDirectory(NamespacePath path, DirectoryListing listing) {}

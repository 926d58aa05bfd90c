package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;

/** A directory that was listed to its end and gets its mark once all it showed is written. */
record ListedDirectory(NamespacePath path, long id, DirectorySync.Outcome outcome) {}

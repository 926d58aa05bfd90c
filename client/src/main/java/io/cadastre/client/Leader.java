package io.cadastre.client;

/** A master that said that it leads, and in which term. */
record Leader(MasterChannel master, long term) {}

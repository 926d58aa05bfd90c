package io.cadastre.server.model;

/** What another program does to a store. Paths are those at which the namespace has it mounted. */
sealed interface OutsideChange {
  String path();

  record Write(String path, long size) implements OutsideChange {}

  record MakeDirectories(String path) implements OutsideChange {}

  record Erase(String path) implements OutsideChange {}

  record Relocate(String path, String destination) implements OutsideChange {}

  record Chmod(String path, int mode) implements OutsideChange {}
}

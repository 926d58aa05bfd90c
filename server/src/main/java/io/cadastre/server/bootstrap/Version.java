package io.cadastre.server.bootstrap;

/** The version of this build, from its jar. */
final class Version {
  static final String TEXT =
      Version.class.getPackage().getImplementationVersion() == null
          ? "development"
          : Version.class.getPackage().getImplementationVersion();

  private Version() {}
}

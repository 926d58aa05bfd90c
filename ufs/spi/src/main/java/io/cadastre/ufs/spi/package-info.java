/**
 * What Cadastre asks of an under store. Open {@link io.cadastre.ufs.spi.UnderFileSystem} first: its
 * javadoc is the contract, and `AbstractUnderFileSystemTest` of the module `ufs/testing` is the
 * same contract as tests. {@link io.cadastre.ufs.spi.UnderFileSystems} finds and opens stores by
 * URI.
 *
 * <p>Imports the JDK, `core.path` and `core.error`. Imported by the stores, by `ufs.decorate` and
 * by the server's mount, namespace and sync packages.
 *
 * <p>Invariant: three answers, never two. A store says present, absent, or that it does not know;
 * an error of any kind is the third and never the second.
 */
package io.cadastre.ufs.spi;

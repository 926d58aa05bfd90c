/**
 * Tools for testing against under stores. Open {@link io.cadastre.ufs.testing.MemoryStore} for a
 * store that a test changes behind the cluster's back and that fails, hangs and pauses on command;
 * {@link io.cadastre.ufs.testing.AbstractUnderFileSystemTest} is the suite that every store must
 * pass.
 *
 * <p>Imports `ufs.spi`, `core.path`, JUnit and AssertJ. Imported by tests only, never shipped.
 *
 * <p>Invariant: the memory store keeps the contract of the SPI exactly; what a test wants
 * otherwise, it says in a {@link io.cadastre.ufs.testing.FaultPlan}.
 */
package io.cadastre.ufs.testing;

/**
 * Wrappers that add one trait to any store: {@link
 * io.cadastre.ufs.decorate.DeadlineUnderFileSystem} cuts callers loose from a store that hangs,
 * {@link io.cadastre.ufs.decorate.RootGuardUnderFileSystem} refuses to believe a root that is not
 * the mounted one, {@link io.cadastre.ufs.decorate.CountingUnderFileSystem} counts requests.
 *
 * <p>Order when all are used, outermost first: deadline, root guard, counting, the store.
 *
 * <p>Imports `ufs.spi` and the JDK. Imported by the server's mount package and by tests.
 *
 * <p>Invariant: a wrapper never turns an unknown into an absent, and keeps the contract of {@link
 * io.cadastre.ufs.spi.UnderFileSystem} for what it adds.
 */
package io.cadastre.ufs.decorate;

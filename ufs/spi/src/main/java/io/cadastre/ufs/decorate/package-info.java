/**
 * Wrappers that add one trait to any store: {@link io.cadastre.ufs.decorate.BreakerUnderFileSystem}
 * leaves a store alone that does not answer, {@link
 * io.cadastre.ufs.decorate.DeadlineUnderFileSystem} cuts callers loose from a store that hangs,
 * {@link io.cadastre.ufs.decorate.RootGuardUnderFileSystem} refuses to believe a root that is not
 * the mounted one, {@link io.cadastre.ufs.decorate.CountingUnderFileSystem} counts requests, {@link
 * io.cadastre.ufs.decorate.RatedUnderFileSystem} sends them no faster than a mount allows, {@link
 * io.cadastre.ufs.decorate.ObservedUnderFileSystem} times them, {@link
 * io.cadastre.ufs.decorate.ContextLoaderUnderFileSystem} gives a plug-in its class loader.
 *
 * <p>Order when all are used, outermost first: breaker, deadline, root guard, counting, rate,
 * observed, class loader, the store.
 *
 * <p>Imports `ufs.spi`, `core.time`, `core.error` and the JDK. Imported by the server's mount
 * package and by tests.
 *
 * <p>Invariant: a wrapper never turns an unknown into an absent, and keeps the contract of {@link
 * io.cadastre.ufs.spi.UnderFileSystem} for what it adds.
 */
package io.cadastre.ufs.decorate;

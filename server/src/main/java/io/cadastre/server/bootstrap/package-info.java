/**
 * Starting a master: {@link io.cadastre.server.bootstrap.ServerMain} is the process, {@link
 * io.cadastre.server.bootstrap.MasterServer} the wiring. Imports everything; nobody imports it.
 * Invariant: components get what they need by constructor, here and nowhere else.
 */
package io.cadastre.server.bootstrap;

/**
 * Stores that bring libraries of their own. Open {@link io.cadastre.ufs.plugin.StorePlugins} first:
 * it reads which are installed, a directory each, and makes factories of them without loading a
 * class. {@link io.cadastre.ufs.plugin.PluginFactory} loads one when its first mount is opened.
 *
 * <p>Imports the JDK, `core.error`, `ufs.spi` and `ufs.decorate`. Imported by the server's
 * bootstrap.
 *
 * <p>Invariant: a plug-in sees the JDK, the classes of `ufs.spi` and of `core`, and the API of the
 * logging; nothing else of the process, and nothing of another plug-in.
 */
package io.cadastre.ufs.plugin;

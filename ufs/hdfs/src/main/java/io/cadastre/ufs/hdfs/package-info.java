/**
 * HDFS as a store, by the RPC client of Hadoop. Open {@link
 * io.cadastre.ufs.hdfs.HdfsUnderFileSystem} first; {@link io.cadastre.ufs.hdfs.HdfsSettings} has
 * the options of a mount, {@link io.cadastre.ufs.hdfs.HdfsErrors} is the one table from Hadoop's
 * exceptions to kinds, {@link io.cadastre.ufs.hdfs.NameOrder} turns HDFS's order of names into
 * ours.
 *
 * <p>Imports `ufs.spi`, `core` and Hadoop, which no other package does. Loaded as a plug-in when a
 * mount needs it; nobody imports it.
 *
 * <p>Invariant: absent is said only when the name node said so, and after it that the root is
 * there. A name node that is down, standing by or refuses is unknown.
 */
package io.cadastre.ufs.hdfs;

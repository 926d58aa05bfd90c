/**
 * What gRPC, Ratis, RocksDB and the file system do without us, in the same run on the same machine.
 * Open {@link io.cadastre.bench.yardstick.Yardsticks} first. Imports all of them; Ratis only in
 * RatisPeer. Invariant: settings and sizes are those that the product uses.
 */
package io.cadastre.bench.yardstick;

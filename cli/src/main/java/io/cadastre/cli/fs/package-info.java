/**
 * `cadastre fs`: the namespace. Open {@link io.cadastre.cli.fs.FsCommand}, the list; then one
 * command a file. {@link io.cadastre.cli.fs.Listing} is how all of them walk a directory. Imported
 * by the root command only. Invariant: memory stays flat however large the directory is; pages are
 * printed as they come.
 */
package io.cadastre.cli.fs;

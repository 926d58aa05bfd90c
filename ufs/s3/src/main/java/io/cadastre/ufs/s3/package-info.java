/**
 * The store of an S3 bucket, AWS's own or any other that speaks the protocol. Open {@link
 * io.cadastre.ufs.s3.S3UnderFileSystem} first: it lists how keys become files and directories, and
 * which races remain. {@link io.cadastre.ufs.s3.S3Bucket} sends all requests; {@link
 * io.cadastre.ufs.s3.ListPages} reads the pages of listings, in place of the SDK; {@link
 * io.cadastre.ufs.s3.KeyStream} checks their order.
 *
 * <p>If a file and a directory have one name, as the keys `a` and `a/b`, the directory is shown and
 * the file is reported as not mirrored.
 *
 * <p>Imports `ufs.spi`, `core.path`, `core.error`, `core.config` and the AWS SDK, which nobody else
 * imports. Found through {@link java.util.ServiceLoader} by {@link
 * io.cadastre.ufs.s3.S3UnderFileSystemFactory}; nobody imports it. May be loaded by a class loader
 * of its own.
 *
 * <p>Invariant: "absent" is said only after the bucket answered a listing in the same call, and
 * never because of the order in which it lists.
 */
package io.cadastre.ufs.s3;

/**
 * A master over real stores that need libraries of their own: S3 served by s3proxy, HDFS by its
 * minicluster. What is expected of each is in the abstract tests of {@code server}, and of changes
 * through the master in {@link io.cadastre.stores.AbstractWriteThroughTest}; the other classes here
 * say how another program changes such a store. Open {@link io.cadastre.stores.S3StoreFixture}
 * first. Nobody imports this package.
 */
package io.cadastre.stores;

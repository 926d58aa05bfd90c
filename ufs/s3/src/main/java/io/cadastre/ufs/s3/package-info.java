/** The store of an S3 bucket. */
package io.cadastre.ufs.s3;

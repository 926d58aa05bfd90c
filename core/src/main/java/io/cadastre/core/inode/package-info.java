/**
 * What an inode is: {@link io.cadastre.core.inode.InodeRow}, the one form that is stored and
 * journaled, and the generated {@code InodeBody}. Imports `core.path`, `core.error` and protobuf;
 * everybody may import it. Invariant: a row's head has fixed width, so that apply can change
 * counts, times and indexes without parsing the body.
 */
package io.cadastre.core.inode;

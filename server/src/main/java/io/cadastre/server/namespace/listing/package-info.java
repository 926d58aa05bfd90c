/**
 * Listings: {@link io.cadastre.server.namespace.listing.ListService} opens one, {@link
 * io.cadastre.server.namespace.listing.Listing} hands out its pages, {@link
 * io.cadastre.server.namespace.listing.ListViews} bounds the views that they hold. Imports
 * `server.transaction`, `journal` and `core`; used by `server.rpc`. Invariant: all pages of a
 * listing come from one view, unless the caller allowed a newer one.
 */
package io.cadastre.server.namespace.listing;

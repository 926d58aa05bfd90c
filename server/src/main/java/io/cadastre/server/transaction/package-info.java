/**
 * The one road of a write. Open {@link io.cadastre.server.transaction.Transactions} first: it takes
 * an {@link io.cadastre.server.transaction.Operation} from its locks to its fate; {@link
 * io.cadastre.server.transaction.Leadership} is what belongs to one term; {@link
 * io.cadastre.server.transaction.StoreChangeRunner} carries changes through to stores under
 * intents. Shared by `server.namespace` and `server.sync`, so that neither needs the other. Imports
 * `server.lock`, `server.cache`, `journal` and `core`. Invariant: nothing is visible, and nobody is
 * answered, before it is committed and applied.
 */
package io.cadastre.server.transaction;

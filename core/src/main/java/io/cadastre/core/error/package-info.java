/**
 * What can go wrong: {@link io.cadastre.core.error.ErrorCode}, the one list, and {@link
 * io.cadastre.core.error.MetadataException}, which carries a code across components. A leaf:
 * imports the JDK only; everybody may import it. How a code travels is `core.api`'s business, not
 * known here.
 */
package io.cadastre.core.error;

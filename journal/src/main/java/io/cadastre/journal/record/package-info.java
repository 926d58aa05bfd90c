/**
 * What the journal holds: the generated messages of `journal.proto`, and {@link
 * io.cadastre.journal.record.Records}, which makes them, and {@link
 * io.cadastre.journal.record.EntryCodec}: their bytes. Imports `core`, protobuf and LZ4. May be
 * imported by the rest of `journal` and by whoever plans changes. Invariant: field numbers are
 * never reused, and nothing stored has a map.
 */
package io.cadastre.journal.record;

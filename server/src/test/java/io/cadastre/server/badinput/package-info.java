/**
 * What a user gets for bad input, row by row of docs/bad-input.md. A test whose tag is {@code
 * bad-input:ID} shows the row of that id, in whichever module it lies; {@link
 * io.cadastre.server.badinput.BadInputTableTest} holds page and tests together. The tests of this
 * package type into the real command line, or send bytes to a real master.
 */
package io.cadastre.server.badinput;

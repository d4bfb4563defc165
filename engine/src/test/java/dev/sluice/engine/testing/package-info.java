/** What tests of every module share: reference numbers and how to compare with them. */
@NullMarked
package dev.sluice.engine.testing;

import org.jspecify.annotations.NullMarked;

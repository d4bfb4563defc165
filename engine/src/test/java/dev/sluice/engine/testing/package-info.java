/** What tests of every module share: no native object may outlive its test. */
@NullMarked
package dev.sluice.engine.testing;

import org.jspecify.annotations.NullMarked;

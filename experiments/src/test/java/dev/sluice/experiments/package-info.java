@NullMarked
package dev.sluice.experiments;

import org.jspecify.annotations.NullMarked;

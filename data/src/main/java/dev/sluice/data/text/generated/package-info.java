/**
 * Small languages that Sluice makes up itself, for use where there is no corpus: stories about
 * eight topics, and towns in four regions. What is learned from them says so.
 */
@NullMarked
package dev.sluice.data.text.generated;

import org.jspecify.annotations.NullMarked;
